"""The view of weeks: time by intensity, distance, climb and load; incomplete weeks are hatched."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import compress

from strava_mcp.analysis.summary import Group, Summary
from strava_mcp.charts.chart import Axis, Chart, Fact, Mark, Number, Panel, Quantity, Tab
from strava_mcp.charts.quantities import height, length
from strava_mcp.charts.quantity_words import day_of, plain, write, write_date, write_dates
from strava_mcp.charts.scales import hours_ticks, number_ticks
from strava_mcp.training.rolling import rolling_mean

HOURS, PERCENT, LOAD, DAYS = (
    Quantity("hours", "h"),
    Quantity(unit="%"),
    Quantity(),
    Quantity(digits=1),
)
DAYS_PER_WEEK = 7
#: Weeks of the rolling mean.
MEAN_WEEKS = 4
#: Time in zones beyond moving time that is worth a word.
LONG_STOPS_S = 60
#: The share of easy time that polarized training intends (Seiler 2010).
INTENDED_EASY_PERCENT = 80
#: Six years; of a longer period the last weeks are drawn.
MAX_WEEKS = 312


def draw(summary: Summary, today: date, units: str) -> Chart:
    """The chart of a summary by week. ``units``: ``metric`` or ``imperial``."""
    groups = summary.groups[-MAX_WEEKS:]
    dates = write_dates(summary.first, summary.last)
    if not summary.total.activities:
        state = f"There is no activity in the period ({dates})."
        return Chart("weeks", "Weeks", "Weeks", state, subtitle=dates, state=state)
    weeks = _Weeks(groups, today)
    values = [day_of(_monday(group)) for group in groups]
    km = length(units)
    tabs = [
        Tab("Time", [_time(weeks)]),
        Tab("Distance", [weeks.panel("Distance", km, _distance_m)]),
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
    """The weeks that are drawn; ``whole``: those that are over, and all within the period."""

    def __init__(self, groups: Sequence[Group], today: date) -> None:
        self.all = groups
        monday = _monday(groups[-1])
        self.is_running = monday + timedelta(days=DAYS_PER_WEEK) > today
        #: Whether the period has all days of the current week so far.
        self.is_up_to_date = self.is_running and groups[-1].days == (today - monday).days + 1
        over = len(groups) - self.is_running
        self._is_whole = [
            i < over and group.days == DAYS_PER_WEEK for i, group in enumerate(groups)
        ]
        self.whole = list(compress(groups, self._is_whole))
        #: The indices of the other weeks: at most the first and the last.
        self.incomplete = [i for i, is_whole in enumerate(self._is_whole) if not is_whole]

    def mean(self, value: Callable[[Group], float]) -> float:
        """The mean of the whole weeks; without any, the sum of the others."""
        return sum(map(value, self.whole or self.all)) / (len(self.whole) or 1)

    def rolling(self, value: Callable[[Group], float]) -> list[Number]:
        """The mean of four whole weeks, up to each; None at an incomplete week."""
        means = iter(rolling_mean([value(week) for week in self.whole], MEAN_WEEKS))
        return [next(means) if is_whole else None for is_whole in self._is_whole]

    def bars(self, value: Callable[[Group], float], color: str, name: str = "") -> Mark:
        """A bar for each week."""
        return Mark("bars", [*map(value, self.all)], color, name, hatched=self.incomplete)

    def mean_line(self, value: Callable[[Group], float]) -> list[Mark]:
        """The rolling mean as a line; none of fewer weeks."""
        if len(self.whole) < MEAN_WEEKS:
            return []
        return [Mark("line", self.rolling(value), "ink", f"{MEAN_WEEKS}-week mean")]

    def panel(self, name: str, quantity: Quantity, value: Callable[[Group], float]) -> Panel:
        """The panel of one total."""
        domain = (0.0, max(1.0, *map(value, self.all)) * 1.05)
        ticks = number_ticks(*domain, 5, quantity.factor)
        marks = [self.bars(value, "moderate", name), *self.mean_line(value)]
        aside = f"{'mean' if self.whole else 'total'} {write(quantity, self.mean(value))}"
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
    marks = [*present, *weeks.mean_line(_time_s)]
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
    per_week = " per week" if weeks.whole else ""
    facts = [
        Fact(f"Moving time{per_week}", write(HOURS, weeks.mean(_moving_s), False), "h"),
        Fact(f"Distance{per_week}", write(km, weeks.mean(_distance_m), False), km.unit),
        Fact(f"Days off{per_week}", write(DAYS, weeks.mean(lambda w: float(w.days_off)))),
    ]
    return facts + ([Fact("Easy", write(PERCENT, easy, False), "%")] if easy is not None else [])


def _moving_s(week: Group) -> float:
    return week.moving_s


def _distance_m(week: Group) -> float:
    return week.distance_m


def _reading(weeks: _Weeks, units: str) -> str:
    sentences = [_average(weeks, units)] if weeks.whole else ["No week of the period is complete."]
    if (easy := _easy_percent(weeks.all)) is not None:
        sentences.append(
            f"{write(PERCENT, easy)} of the time in zones was easy; polarized training intends "
            f"about {INTENDED_EASY_PERCENT} %."
        )
    if weeks.is_up_to_date:
        now = weeks.all[-1]
        sentences.append(
            f"The current week has {write(HOURS, now.moving_s)} and "
            f"{write(length(units), now.distance_m)} so far."
        )
    return " ".join(sentences)


def _average(weeks: _Weeks, units: str) -> str:
    """The means of the whole weeks, and the longest of them."""
    count, most = len(weeks.whole), max(weeks.whole, key=_moving_s)
    means = (
        f"{write(HOURS, weeks.mean(_moving_s))} of moving time and "
        f"{write(length(units), weeks.mean(_distance_m))} in "
    )
    if count == 1:
        activities = f"{most.activities} activit{'y' if most.activities == 1 else 'ies'}"
        return f"The full week from {write_date(_monday(most))} had {means}{activities}."
    return (
        f"The {count} full weeks had on average {means}"
        f"{write(DAYS, weeks.mean(lambda w: float(w.activities)))} activities; the longest, from "
        f"{write_date(_monday(most))}, had {write(HOURS, most.moving_s)}."
    )


def _notes(summary: Summary, weeks: _Weeks) -> list[str]:
    notes = ["Weeks begin on Monday. Easy: below the first threshold; hard: above the second."]
    if weeks.incomplete:
        notes.append("Hatched: weeks that are not over, or not all within the period.")
    if any(sum(week.zones_s) >= week.moving_s + LONG_STOPS_S for week in weeks.all):
        notes.append("Time in zones counts recorded stops: it can exceed moving time.")
    if len(summary.groups) > len(weeks.all):
        notes.append(f"The last {len(weeks.all)} of {len(summary.groups)} weeks are drawn.")
    notes += summary.coverage.notes()
    return notes


def _monday(group: Group) -> date:
    return date.fromisoformat(group.name)
