"""What is left out of a recording's totals and laps, in words for the import report."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

#: Keys in seconds.
TIMES = ("elapsed_time", "moving_time")
#: Numbers of laps that a line lists.
MAX_LISTED = 3


@dataclass
class LeftOut:
    """Values that are left out, of the totals and of laps, each with the reason.

    Laps that lack the same value for the same reason share a line.
    """

    _lines: list[str] = field(default_factory=list)
    _laps: dict[tuple[str, str], list[tuple[int, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def total(self, key: str, value: float, reason: str) -> None:
        """Add a total."""
        self._lines.append(f"{_named(key, value)} is left out: {reason}")

    def note(self, problem: str) -> None:
        """Add a problem of the whole."""
        self._lines.append(problem)

    def lap(self, number: int, key: str, value: float, reason: str) -> None:
        """Add a value of a lap, whose number counts from 1."""
        self._laps[key, reason].append((number, value))

    def whole_laps(self, count: int) -> None:
        """Add laps that are left out altogether."""
        laps = "1 lap" if count == 1 else f"{count} laps"
        are = "is" if count == 1 else "are"
        self._lines.append(f"{laps} outside of the recording {are} left out")

    def lines(self) -> tuple[str, ...]:
        """Return one line per problem."""
        of_laps = [
            f"{_numbered([number for number, _ in laps])}: {_named(key, laps[0][1])} is left out: "
            f"{reason}"
            for (key, reason), laps in self._laps.items()
        ]
        return (*self._lines, *of_laps)


def duration(seconds: float) -> str:
    """``h:mm:ss``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def distance(metres: float) -> str:
    """Kilometres."""
    return f"{metres / 1000:,.2f} km"


def _numbered(laps: Sequence[int]) -> str:
    """``lap 2``, or ``laps 2, 4, 6 and 4 more``."""
    listed = ", ".join(map(str, laps[:MAX_LISTED]))
    more = f" and {len(laps) - MAX_LISTED} more" if len(laps) > MAX_LISTED else ""
    return f"lap{'' if len(laps) == 1 else 's'} {listed}{more}"


def _named(key: str, value: float) -> str:
    """``moving time of 36:24:27``."""
    words = key.replace("_", " ")
    if key in TIMES and value == value:
        return f"{words} of {duration(value)}"
    return f"{words} of {distance(value) if key == 'distance' else f'{value:,g}'}"
