"""The view of weeks: time by intensity, distance, climb and load; the current week is hatched."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from strava_mcp.analysis.summary import Group, Summary
from strava_mcp.charts.chart import Axis, Chart, Fact, Mark, Number, Panel, Quantity, Tab
from strava_mcp.charts.quantities import height, length
from strava_mcp.charts.quantity_words import day_of, plain, write, write_date
from strava_mcp.charts.scales import hours_ticks, number_ticks
from strava_mcp.training.rolling import rolling_mean

HOURS, PERCENT, LOAD, DAYS = (
    Quantity("hours", "h"),
    Quantity(unit="%"),
    Quantity(),
    Quantity(digits=1),
)
#: Weeks of the rolling mean.
MEAN_WEEKS = 4
#: The share of easy time that polarized training intends (Seiler 2010).
INTENDED_EASY_PERCENT = 80
#: Six years; of a longer period the last weeks are drawn.
MAX_WEEKS = 312


def draw(summary: Summary, today: date, units: str) -> Chart:
    """The chart of a summary by week. ``units``: ``metric`` or ``imperial``."""
    groups = summary.groups[-MAX_WEEKS:]
    dates = f"{write_date(summary.first)} to {write_date(summary.last)}"
    if not summary.total.activities:
        state = f"There is no activity from {dates}."
        return Chart("weeks", "Weeks", "Weeks", state, subtitle=dates, state=state)
    weeks = _Weeks(groups, today)
    values = [day_of(_monday(group)) for group in groups]
    km = length(units)
    tabs = [
        Tab("Time", [_time(weeks)]),
        Tab("Distance", [weeks.panel("Distance", km, lambda week: week.distance_m)]),
        Tab("Climb", [weeks.panel("Climb", height(units), lambda week: week.climb_m)]),
    ]
    if any(group.load is not None for group in groups):
        tabs.append(Tab("Load", [weeks.panel("Load", LOAD, lambda week: week.load or 0.0)]))
    return Chart(
        view="weeks",
        title="Weeks",
        heading="Weeks",
        subtitle=dates,
        reading=plain(_reading(weeks, units)),
        facts=_facts(weeks, units),
        axis=Axis("day", Quantity("day"), (values[0] - 4.0, values[-1] + 4.0), values),
        tabs=tabs,
        notes=_notes(summary, weeks),
    )


class _Weeks:
    """The weeks that are drawn; ``whole``: those that are over, and began in the period."""

    def __init__(self, groups: Sequence[Group], today: date) -> None:
        self.all = groups
        self.is_running = _monday(groups[-1]) + timedelta(days=7) > today
        over = groups[:-1] if self.is_running else groups
        self.whole = [group for group in over if group.days == 7] or over

    @property
    def hatched(self) -> int | None:
        """The index of the current week, if it is not over."""
        return len(self.all) - 1 if self.is_running else None

    def mean(self, value: Callable[[Group], float]) -> float:
        """The mean of the whole weeks; of the current one if there is no other."""
        weeks = self.whole or self.all
        return sum(map(value, weeks)) / len(weeks)

    def rolling(self, value: Callable[[Group], float]) -> list[Number]:
        """The mean of four weeks, up to the last whole one."""
        over = self.all[: self.hatched]
        means: list[Number] = [*rolling_mean([value(week) for week in over], MEAN_WEEKS)]
        return means + [None] * (len(self.all) - len(over))

    def bars(self, value: Callable[[Group], float], color: str, name: str = "") -> Mark:
        """A bar for each week."""
        return Mark("bars", [*map(value, self.all)], color, name, hatched=self.hatched)

    def mean_line(self, value: Callable[[Group], float]) -> Mark:
        """The rolling mean as a line."""
        return Mark("line", self.rolling(value), "ink", f"{MEAN_WEEKS}-week mean")

    def panel(self, name: str, quantity: Quantity, value: Callable[[Group], float]) -> Panel:
        """The panel of one total."""
        domain = (0.0, max(1.0, *map(value, self.all)) * 1.05)
        ticks = number_ticks(*domain, 5, quantity.factor)
        marks = [self.bars(value, "moderate", name), self.mean_line(value)]
        aside = f"mean {write(quantity, self.mean(value))}"
        return Panel(name, quantity, "pace", domain, ticks, marks, 2.5, aside)


def _time(weeks: _Weeks) -> Panel:
    parts = [
        weeks.bars(lambda week: week.zones_s[0], "easy", "Easy"),
        weeks.bars(lambda week: week.zones_s[1], "moderate", "Moderate"),
        weeks.bars(lambda week: week.zones_s[2], "hard", "Hard"),
        weeks.bars(_unzoned_s, "unzoned", "Without zones"),
    ]
    present = [part for part in parts if any(part.values)]
    domain = (0.0, max(3600.0, *map(_time_s, weeks.all)) * 1.05)
    easy = _easy_percent(weeks.all)
    aside = "" if easy is None else f"{write(PERCENT, easy)} easy"
    marks = [*present, weeks.mean_line(_time_s)]
    return Panel("Time", HOURS, "pace", domain, hours_ticks(domain[1], 5), marks, 2.5, aside)


def _time_s(week: Group) -> float:
    """The height of the stack: moving time, or the time in zones where that is longer."""
    return max(week.moving_s, sum(week.zones_s))


def _unzoned_s(week: Group) -> float:
    return _time_s(week) - sum(week.zones_s)


def _easy_percent(weeks: Sequence[Group]) -> float | None:
    zoned = sum(sum(week.zones_s) for week in weeks)
    return 100 * sum(week.zones_s[0] for week in weeks) / zoned if zoned else None


def _facts(weeks: _Weeks, units: str) -> list[Fact]:
    km, easy = length(units), _easy_percent(weeks.all)
    facts = [
        Fact("Time per week", write(HOURS, weeks.mean(_time_of), False), "h"),
        Fact("Distance per week", write(km, weeks.mean(lambda w: w.distance_m), False), km.unit),
        Fact("Days off per week", write(DAYS, weeks.mean(lambda w: float(w.days_off)))),
    ]
    return facts + ([Fact("Easy", write(PERCENT, easy, False), "%")] if easy is not None else [])


def _time_of(week: Group) -> float:
    return week.moving_s


def _reading(weeks: _Weeks, units: str) -> str:
    km, count = length(units), len(weeks.whole or weeks.all)
    most = max(weeks.all, key=_time_of)
    sentences = [
        f"The {count} full week{'' if count == 1 else 's'} had on average "
        f"{write(HOURS, weeks.mean(_time_of))} and {write(km, weeks.mean(lambda w: w.distance_m))} "
        f"in {write(DAYS, weeks.mean(lambda w: float(w.activities)))} activities; the longest, "
        f"from {write_date(_monday(most))}, had {write(HOURS, most.moving_s)}."
    ]
    if (easy := _easy_percent(weeks.all)) is not None:
        sentences.append(
            f"{write(PERCENT, easy)} of the time with zones was easy; polarized training intends "
            f"about {INTENDED_EASY_PERCENT} %."
        )
    if weeks.is_running:
        now = weeks.all[-1]
        sentences.append(
            f"The current week has {write(HOURS, now.moving_s)} and {write(km, now.distance_m)} "
            "so far."
        )
    return " ".join(sentences)


def _notes(summary: Summary, weeks: _Weeks) -> list[str]:
    notes = ["Weeks begin on Monday. Easy: below the first threshold; hard: above the second."]
    if len(summary.groups) > len(weeks.all):
        notes.append(f"The last {len(weeks.all)} of {len(summary.groups)} weeks are drawn.")
    notes += summary.coverage.notes()
    return notes


def _monday(group: Group) -> date:
    return date.fromisoformat(group.name)
