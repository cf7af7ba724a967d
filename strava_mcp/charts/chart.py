"""What is drawn: facts, panels over one axis, a grid of days, or a map; free of pixels and themes.

Values are in SI units; a ``Quantity`` says how they are written. ``None`` is a gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from math import isfinite
from typing import Any, Literal

Number = float | None
Kind = Literal["activity", "form", "curve", "weeks", "calendar", "compare", "map"]
Style = Literal["solid", "bold", "dashed", "dotted", "faint"]
#: What a click on something opens: the arguments of another chart.
Opens = Mapping[str, str | int]


@dataclass(frozen=True)
class Quantity:
    """How a value is written.

    ``number``: value · ``factor`` with ``digits`` decimals; ``signed``: the same with + or −;
    ``pace``: m/s as ``m:ss`` per ``factor`` metres; ``clock``: seconds as ``h:mm:ss`` or ``m:ss``;
    ``hours``: seconds as ``h:mm``; ``span``: seconds as ``5 s``, ``20 min`` or ``2 h``; ``day``:
    days since 1970-01-01 as a date.
    """

    kind: Literal["number", "signed", "pace", "clock", "hours", "span", "day"] = "number"
    unit: str = ""
    factor: float = 1.0
    digits: int = 0


@dataclass(frozen=True)
class Fact:
    """A figure of the header, already written. ``key``: which sum of the steps replaces it while
    the chart is zoomed (``Steps``).
    """

    label: str
    value: str
    unit: str = ""
    key: Literal["distance", "time", "rate", "heart", "power", ""] = ""


@dataclass(frozen=True)
class Mark:
    """A series of a panel, in a colour of ``rules.json``.

    ``values``: one per value of the axis, or per value of ``x``. Marks of ``bars`` are stacked in
    their order, each centred on its x. ``name``: what hover calls it; empty for the panel's name.
    ``labels``: of dots, one each, spoken and shown on hover. ``opens``: of dots, one each.
    ``hatched``: the indices of bars that do not stand for a whole period.
    """

    kind: Literal["line", "area", "bars", "spikes", "dots"]
    values: Sequence[Number]
    color: str
    name: str = ""
    style: Style = "solid"
    x: Sequence[float] | None = None
    labels: Sequence[str] = ()
    opens: Sequence[Opens | None] = ()
    hatched: Sequence[int] = ()
    quantity: Quantity | None = None


@dataclass(frozen=True)
class Tick:
    """A horizontal hairline and its label."""

    at: float
    label: str


@dataclass(frozen=True)
class Band:
    """A named range of values, written at the right edge; ``low`` or ``high`` None: open."""

    label: str
    low: Number
    high: Number
    is_filled: bool = False


@dataclass(frozen=True)
class Panel:
    """One quantity over the axis of the chart.

    ``height``: relative to other panels. ``domain``: the values at the bottom and the top.
    ``aside``: written at the right of its name. ``mean``: a dotted line.
    """

    name: str
    quantity: Quantity
    color: str
    domain: tuple[float, float]
    ticks: Sequence[Tick]
    marks: Sequence[Mark]
    height: float = 1.0
    aside: str = ""
    mean: Number = None
    bands: Sequence[Band] = ()
    key: Literal["rate", "heart", "power", "altitude", ""] = ""


@dataclass(frozen=True)
class Axis:
    """The axis that all panels share.

    ``kind``: ``length`` in m, ``time`` in s, ``duration`` in s on a logarithmic scale, or ``day``
    (days since 1970-01-01). ``values``: where the marks have values, increasing. ``tags``: seconds
    since the start at each value, shown beside it on hover.
    """

    kind: Literal["length", "time", "duration", "day"]
    quantity: Quantity
    domain: tuple[float, float]
    values: Sequence[float]
    tags: Sequence[float] = ()


@dataclass(frozen=True)
class Tab:
    """One of several sets of panels, with the label of its button."""

    label: str
    panels: Sequence[Panel]


@dataclass(frozen=True)
class Marker:
    """A vertical line with words: a race, today. ``name``: what an athlete calls it."""

    at: float
    label: str
    name: str = ""
    opens: Opens | None = None


@dataclass(frozen=True)
class Segment:
    """A lap: a button of the strip below the panels; ``level``: from 0 (slowest) to 1 (fastest)."""

    low: float
    high: float
    label: str
    level: float


@dataclass(frozen=True)
class Steps:
    """Metres and seconds in motion of each value of the axis: what a zoomed range adds up to."""

    metres: Sequence[float]
    seconds: Sequence[float]


@dataclass(frozen=True)
class Track:
    """A line on the ground, in metres east and north of the map's first point.

    ``at``: the value of the axis at each point, for the dot of the hover.
    """

    points: Sequence[tuple[float, float] | None]
    at: Sequence[float] = ()
    color: str = "pace"
    label: str = ""
    opens: Opens | None = None


@dataclass(frozen=True)
class Spot:
    """A place of a map, in metres like its tracks, and what it is, shown on hover."""

    point: tuple[float, float]
    label: str


@dataclass(frozen=True)
class Map:
    """Tracks, north up, without tiles. ``scale``: metres and words of the scale bar."""

    tracks: Sequence[Track]
    scale: tuple[float, str]
    has_ends: bool = True
    spots: Sequence[Spot] = ()


@dataclass(frozen=True)
class Cell:
    """A day of the calendar. ``level``: from 0 (nothing) to 1; ``shape``: of its main sport."""

    day: int
    level: float
    label: str
    shape: Literal["", "circle", "square", "triangle", "diamond", "bar"] = ""
    opens: Opens | None = None


@dataclass(frozen=True)
class Grid:
    """Days by week. ``legend``: shape → what it stands for; ``streak``: first and last day of the
    longest streak.
    """

    cells: Sequence[Cell]
    legend: Sequence[tuple[str, str]]
    scale: str
    streak: tuple[int, int] | None = None


@dataclass(frozen=True)
class Chart:
    """A picture.

    ``title``: may hold text that an athlete wrote; ``heading``: the same without any, for pictures
    whose fonts lack other scripts. ``reading``: what it shows, in three sentences. ``state``: why
    there is nothing to draw. ``arguments``: what it was asked with. ``link``: its page on Strava.
    """

    view: Kind
    title: str
    heading: str
    reading: str
    subtitle: str = ""
    facts: Sequence[Fact] = ()
    axis: Axis | None = None
    tabs: Sequence[Tab] = ()
    markers: Sequence[Marker] = ()
    strip: Sequence[Segment] = ()
    steps: Steps | None = None
    map: Map | None = None
    grid: Grid | None = None
    notes: Sequence[str] = ()
    state: str = ""
    arguments: Opens = field(default_factory=dict)
    link: str = ""

    def to_json(self) -> dict[str, Any]:
        """The chart for the page; what is empty is absent. Raises ValueError if a number is not
        finite, because it would be drawn somewhere.
        """
        written: dict[str, Any] = _json(self)
        return written


def _json(value: Any) -> Any:
    if is_dataclass(value):
        items = {one.name: getattr(value, one.name) for one in fields(value)}
        return {name: _json(item) for name, item in items.items() if not _is_empty(item)}
    if isinstance(value, Mapping):
        return {name: _json(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError("a chart has a number that is not finite")
        return int(value) if value == int(value) else float(f"{value:.6g}")
    return value


def _is_empty(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, (str, tuple, list)) and not value)
