"""The view of a year at a glance: a cell for each day, the darker, the greater its load."""

from collections import Counter
from datetime import date
from typing import Literal

from strava_mcp.analysis.calendar import Calendar, CalendarDay
from strava_mcp.analysis.period import Activity
from strava_mcp.charts.activity_words import sport_name
from strava_mcp.charts.chart import Cell, Chart, Fact, Grid, Quantity
from strava_mcp.charts.quantities import length
from strava_mcp.charts.quantity_words import MONTHS, day_of, plain, write, write_date, write_dates
from strava_mcp.sports import ON_FOOT, RIDES, ROWS, RUNS, SKIS, SWIMS
from strava_mcp.training.streaks import Streak

Shape = Literal["circle", "square", "triangle", "diamond", "bar"]
#: The shapes of families of sports, and their names in the legend.
SHAPES: tuple[tuple[Shape, str, frozenset[str]], ...] = (
    ("circle", "Run", frozenset(RUNS)),
    ("square", "Ride", frozenset(RIDES)),
    ("triangle", "Walk, hike, ski", frozenset((*ON_FOOT, *SKIS)) - frozenset(RUNS)),
    ("diamond", "Swim, row", frozenset((*SWIMS, *ROWS))),
)
OTHER: tuple[Shape, str] = ("bar", "Other")
HOURS, LOAD, WHOLE = Quantity("hours", "h"), Quantity(), Quantity()
#: Three years; of a longer period the last days are drawn.
MAX_DAYS = 1096


def draw(answer: Calendar, today: date, units: str) -> Chart:
    """The chart of the days. ``units``: ``metric`` or ``imperial``."""
    days = answer.days
    dates = write_dates(days[0].day, days[-1].day)
    title = "Calendar"
    active = [day for day in days if day.activities]
    if not active:
        state = f"There is no activity in the period ({dates})."
        return Chart("calendar", title, title, state, subtitle=dates, state=state)
    by_load = sum(day.load is not None for day in active) * 2 > len(active)
    top = max(_weight(day, by_load) for day in days)
    legend = [(shape, name) for shape, name, _ in SHAPES] + [OTHER]
    present = {_shape(day) for day in active}
    longest = answer.streaks.longest
    return Chart(
        view="calendar",
        title=title,
        heading=title,
        subtitle=dates,
        reading=plain(_reading(answer, dates, units)),
        facts=_facts(answer, len(active), today),
        grid=Grid(
            cells=[_cell(day, by_load, top, units) for day in days],
            legend=[entry for entry in legend if entry[0] in present],
            scale=f"Stronger colour: {'greater load' if by_load else 'longer moving time'}",
            streak=(day_of(longest.first), day_of(longest.last)) if longest else None,
        ),
        notes=_notes(answer, by_load),
    )


def _cell(day: CalendarDay, by_load: bool, top: float, units: str) -> Cell:
    """A day without a load among others with one shows that it was trained."""
    if not day.activities:
        return Cell(day_of(day.day), 0.0, "rest")
    level = (_weight(day, by_load) / top) ** 0.5 if top else 0.0
    longest = max(day.activities, key=_length_of)
    return Cell(
        day_of(day.day),
        round(max(level, 0.08), 3),
        _label(day, units),
        _shape(day),
        {"view": "activity", "ids": longest.id},
    )


def _weight(day: CalendarDay, by_load: bool) -> float:
    return (day.load or 0.0) if by_load else day.moving_s


def _shape(day: CalendarDay) -> Shape:
    """That of the longest activity's family."""
    sport = max(day.activities, key=_length_of).facts.sport_type
    return next((shape for shape, _, sports in SHAPES if sport in sports), OTHER[0])


def _length_of(activity: Activity) -> float:
    return activity.facts.moving_time or activity.facts.elapsed_time or 0.0


def _label(day: CalendarDay, units: str) -> str:
    names = Counter(sport_name(activity) for activity in day.activities)
    parts = [
        ", ".join(name if count == 1 else f"{count} × {name}" for name, count in names.items()),
        write(length(units), day.distance_m) if day.distance_m else "",
        write(HOURS, day.moving_s),
        f"load {write(LOAD, day.load)}" if day.load is not None else "",
    ]
    return " · ".join(filter(None, parts))


def _facts(answer: Calendar, active: int, today: date) -> list[Fact]:
    """The figures; a streak is current only if the calendar ends ``today``."""
    longest, current = answer.streaks.longest, answer.streaks.current
    return [
        Fact("Active days", str(active)),
        Fact("Days off", str(len(answer.days) - active)),
        _streak("Longest streak", longest),
        *([_streak("Current streak", current)] if answer.days[-1].day >= today else []),
    ]


def _streak(label: str, streak: Streak | None) -> Fact:
    length_days = streak.length if streak else 0
    return Fact(label, str(length_days), "day" if length_days == 1 else "days")


def _reading(answer: Calendar, dates: str, units: str) -> str:
    active = [day for day in answer.days if day.activities]
    months = Counter((day.day.year, day.day.month) for day in active)
    (year, month), count = months.most_common(1)[0]
    most = f"; {MONTHS[month - 1]} {year} had the most, {count}" if len(months) > 1 else ""
    are_active = f"day{'s' * (len(answer.days) > 1)} {'was' if len(active) == 1 else 'were'} active"
    sentences = [f"{len(active)} of {len(answer.days)} {are_active} ({dates}){most}."]
    longest = answer.streaks.longest
    if longest and longest.length > 1:
        sentences.append(
            f"The longest streak was {longest.length} days, from {write_date(longest.first)} to "
            f"{write_date(longest.last)}."
        )
    hardest = max(active, key=lambda day: (day.load or 0.0, day.moving_s))
    rank = "longest" if hardest.load is None else "hardest"
    sentences.append(f"The {rank} day was {write_date(hardest.day)}: {_label(hardest, units)}.")
    return " ".join(sentences)


def _notes(answer: Calendar, by_load: bool) -> list[str]:
    notes = ["Shapes show the sport of a day's longest activity; a frame, the longest streak."]
    notes.append(
        "Load: an hour at the threshold is 100; colours follow its square root."
        if by_load
        else "Too few activities have a load: colours follow the square root of moving time."
    )
    if answer.coverage.estimated:
        notes.append(f"Loads estimated from averages: {answer.coverage.estimated}.")
    notes += answer.coverage.notes()
    return notes
