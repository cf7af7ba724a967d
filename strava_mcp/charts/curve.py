"""The view of best efforts: power or pace by duration, now, before and ever, and the model."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from strava_mcp.analysis.best_efforts import Effort
from strava_mcp.analysis.curves import Curve, Curves
from strava_mcp.charts.chart import Axis, Chart, Fact, Mark, Opens, Panel, Quantity, Style, Tab
from strava_mcp.charts.quantities import POWER, rate
from strava_mcp.charts.quantity_words import plain, write, write_date, write_dates
from strava_mcp.charts.scales import number_ticks, pace_ticks, padded
from strava_mcp.training.critical_power import MAX_DURATION_S, MIN_DURATION_S, Critical
from strava_mcp.units import BEST_EFFORTS_M

SPAN, CLOCK = Quantity("span"), Quantity("clock")
KILOJOULES, METRES = Quantity(unit="kJ", factor=0.001, digits=1), Quantity(unit="m")
#: Shorter efforts are noise of the sensor; the model is drawn where it holds.
MIN_SHOWN_S = 5
MODEL_S = tuple(range(MIN_DURATION_S, MAX_DURATION_S + 1, 60))
#: The end of the labels of estimates.
ESTIMATED = ", estimated"
#: What the reading names.
NAMED_S = {"power": (5, 60, 300, 1200), "pace": (300, 1200, 3600)}


def draw(curves: Curves, units: str) -> Chart:
    """The chart of the curves of a period. ``units``: ``metric`` or ``imperial``."""
    title = "Power curve" if curves.measure == "power" else "Pace curve"
    dates = _dates(curves)
    if not curves.current and not curves.ever:
        state = f"There is nothing to draw: {_why_not(curves)}."
        return Chart("curve", title, title, state, subtitle=dates, state=state)
    quantity = POWER if curves.measure == "power" else rate(units, "Run")
    marks = _marks(curves, quantity)
    values = sorted({x for mark in marks for x in mark.x or ()})
    return Chart(
        view="curve",
        title=title,
        heading=title,
        subtitle=dates,
        reading=plain(_reading(curves, quantity)),
        facts=_facts(curves, quantity),
        axis=Axis("duration", SPAN, (float(values[0]), float(values[-1])), values),
        tabs=[Tab(title, [_panel(curves, quantity, marks)])],
        notes=_notes(curves),
    )


def _panel(curves: Curves, quantity: Quantity, marks: Sequence[Mark]) -> Panel:
    heights = [value for mark in marks for value in mark.values]
    if curves.measure == "power":
        domain = 0.0, max(value or 0 for value in heights) * 1.05
        ticks = number_ticks(*domain, 5)
    else:
        domain = padded(heights, 0.5)
        ticks = pace_ticks(*domain, quantity.factor, 6)
    is_power = curves.measure == "power"
    name = f"Power ({quantity.unit})" if is_power else f"Pace (min{quantity.unit})"
    return Panel(name, quantity, _color(curves), domain, ticks, marks, 3.0)


def _marks(curves: Curves, quantity: Quantity) -> list[Mark]:
    color = _color(curves)
    marks = [
        _line(curves.ever, "ever", "All time", "faint"),
        _line(curves.previous, "earlier", "Previous period", "solid"),
        _line(curves.current, color, "This period", "bold"),
    ]
    fit = curves.estimates and curves.estimates.critical.fit
    if fit:
        values = [_modelled(fit, duration_s) for duration_s in MODEL_S]
        marks.append(Mark("line", values, "ink", "Model", "dotted", [*map(float, MODEL_S)]))
    if curves.distances:
        marks.append(_distance_dots(curves.distances, color))
    elif curves.current:
        marks.append(_dots(curves.current, quantity, color))
    return [mark for mark in marks if mark.values]


def _line(curve: Curve, color: str, name: str, style: Style) -> Mark:
    drawn = {d: effort.value for d, effort in curve.items() if d >= MIN_SHOWN_S}
    return Mark("line", [*drawn.values()], color, name, style, [*map(float, drawn)])


def _dots(curve: Curve, quantity: Quantity, color: str) -> Mark:
    drawn = {d: effort for d, effort in curve.items() if d >= MIN_SHOWN_S}
    labels = [
        f"{write(SPAN, d)} {write(quantity, effort.value)} on {_day(effort)}"
        for d, effort in drawn.items()
    ]
    values = [effort.value for effort in drawn.values()]
    opens = [_opens(effort) for effort in drawn.values()]
    return Mark("dots", values, color, x=[*map(float, drawn)], labels=labels, opens=opens)


def _distance_dots(distances: Mapping[str, Effort], color: str) -> Mark:
    """Records over distances: their mean speed at the time that they took."""
    efforts = [*distances.items()]
    return Mark(
        "dots",
        [BEST_EFFORTS_M[name] / effort.value for name, effort in efforts],
        color,
        x=[float(effort.value) for _, effort in efforts],
        labels=[f"{name} in {write(CLOCK, e.value)} on {_day(e)}" for name, e in efforts],
        opens=[_opens(effort) for _, effort in efforts],
    )


def _facts(curves: Curves, quantity: Quantity) -> list[Fact]:
    if curves.estimates is None:
        return []
    facts, fit = [], curves.estimates.critical.fit
    if curves.estimates.ftp:
        facts.append(Fact(f"FTP{ESTIMATED}", write(POWER, curves.estimates.ftp.value, False), "W"))
    if fit and curves.measure == "power":
        error = f"± {write(POWER, fit.critical_error)}"
        facts.append(Fact(f"Critical power{ESTIMATED}", write(POWER, fit.critical, False), error))
        error = f"± {write(KILOJOULES, fit.store_error)}"
        facts.append(Fact(f"W′{ESTIMATED}", write(KILOJOULES, fit.store, False), error))
    elif fit:
        slow = quantity.factor / (fit.critical - fit.critical_error)
        error = f"± {write(CLOCK, slow - quantity.factor / fit.critical)} {quantity.unit}"
        facts.append(Fact(f"Critical pace{ESTIMATED}", write(quantity, fit.critical, False), error))
        error = f"± {write(METRES, fit.store_error)}"
        facts.append(Fact(f"D′{ESTIMATED}", write(METRES, fit.store, False), error))
    return facts


def _reading(curves: Curves, quantity: Quantity) -> str:
    named = {d: curves.current[d] for d in NAMED_S[curves.measure] if d in curves.current}
    bests = ", ".join(
        f"{write(quantity, effort.value)} over {write(SPAN, d)} ({_day(effort)})"
        for d, effort in named.items()
    )
    sentences = [f"Best efforts ({_dates(curves)}): {bests}." if bests else _nothing_now(curves)]
    if curves.distances:
        sentences.append(
            "Fastest: "
            + ", ".join(
                f"{name} {write(CLOCK, effort.value)}"
                for name, effort in curves.distances.items()
                if name in ("1K", "5K", "10K", "Half-Marathon", "Marathon")
            )
            + "."
        )
    if curves.current and curves.previous:
        better = sum(
            effort.value > curves.previous[d].value
            for d, effort in curves.current.items()
            if d in curves.previous
        )
        both = len(curves.current.keys() & curves.previous.keys())
        sentences.append(
            f"The curve is above that of the previous period ({_before(curves)}) at {better} of "
            f"{both} durations."
        )
    if facts := _facts(curves, quantity):
        words = "; ".join(
            f"{one.label.removesuffix(ESTIMATED)} {one.value} {one.unit}" for one in facts
        )
        sentences.append(f"Estimated from {_base(curves)}, as lower bounds: {words}.")
    return " ".join(sentences)


def _notes(curves: Curves) -> list[str]:
    notes = ["The best averages over each duration; efforts also count for shorter durations."]
    if curves.estimates:
        notes.append(
            f"Training is seldom maximal: estimates from {_base(curves)} are lower bounds."
        )
    if curves.estimates and curves.estimates.critical.problem:
        notes.append(f"No model is drawn: {curves.estimates.critical.problem}.")
    notes += curves.coverage.notes()
    return notes


def _nothing_now(curves: Curves) -> str:
    return f"There is no effort in the period ({_dates(curves)}); the curve is that of all time."


def _why_not(curves: Curves) -> str:
    if curves.measure == "power":
        return "no ride has measured power, and only runs have a pace curve"
    if curves.coverage.activities:
        return "no run has a recording of its distance"
    return f"there is no run up to {write_date(curves.last)}"


def _modelled(fit: Critical, duration_s: int) -> float:
    return fit.critical + fit.store / duration_s


def _base(curves: Curves) -> str:
    return f"the 90 days to {write_date(curves.last)}"


def _before(curves: Curves) -> str:
    """The dates of the previous period: as many days, up to the day before the first."""
    if not curves.first:
        return ""
    last = curves.first - timedelta(days=1)
    return write_dates(last - (curves.last - curves.first), last)


def _dates(curves: Curves) -> str:
    return write_dates(curves.first, curves.last)


def _day(effort: Effort) -> str:
    return write_date(effort.day)


def _opens(effort: Effort) -> Opens:
    return {"view": "activity", "ids": effort.activity}


def _color(curves: Curves) -> str:
    return "power" if curves.measure == "power" else "pace"
