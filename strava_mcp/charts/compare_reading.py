"""Who was ahead of whom and where that arose, in three sentences; complete without the picture."""

from strava_mcp.analysis.activity_steps import ActivitySteps
from strava_mcp.analysis.compared_steps import ComparedSteps, Lead, Part
from strava_mcp.charts.activity_panels import mean_heart_rate, mean_speed
from strava_mcp.charts.activity_words import local_start, short_date, sport_name
from strava_mcp.charts.quantities import CLOCK, HEART_RATE, length, rate
from strava_mcp.charts.quantity_words import NBSP, plain
from strava_mcp.charts.scales import write

#: Matching tracks is good to a few seconds: less is not worth a word.
MIN_WON_S = 3.0


def labels(first: ActivitySteps, other: ActivitySteps) -> tuple[str, str]:
    """The dates of both, with the time if they are of one day."""
    days = [short_date(view.activity) for view in (first, other)]
    starts = [local_start(view.activity).partition(" ")[2] for view in (first, other)]
    one, two = days if days[0] != days[1] else starts
    return (one or "the first", two or "the second")


def short_labels(first: ActivitySteps, other: ActivitySteps) -> tuple[str, str]:
    """The same without the year, if both are of one."""
    one, two = labels(first, other)
    year = one[-5:]
    if year == two[-5:] and year.strip().isdigit():
        return one.removesuffix(year), two.removesuffix(year)
    return one, two


def span(seconds: float) -> str:
    """``64 s``, ``2:31 min`` or ``1:02:31 h``."""
    whole = round(seconds)
    if whole < 120:
        return f"{whole}{NBSP}s"
    return f"{write(CLOCK, whole)}{NBSP}{'min' if whole < 3600 else 'h'}"


def reading(compared: ComparedSteps, units: str) -> str:
    """What was compared, which of both was ahead, and where most time was won."""
    sentences = [_what(compared, units)]
    if compared.problem:
        sentences.append(compared.problem)
    elif compared.leads:
        sentences += [_course(compared, units), _where(compared, units)]
    else:
        sentences.append(f"No time gap: {compared.no_gap}.")
    return plain(" ".join(sentence for sentence in sentences if sentence))


def _what(compared: ComparedSteps, units: str) -> str:
    first, other = compared.first, compared.other
    if not other:
        return f"{sport_name(first.activity)} on {local_start(first.activity)}."
    one, two = (
        f"{label} ({_figures(view, units)})"
        for view, label in zip((first, other), labels(first, other), strict=True)
    )
    return f"{sport_name(first.activity)} of {one} against that of {two}."


def _figures(view: ActivitySteps, units: str) -> str:
    """``10.02 km, elapsed time 41:03, 4:05 /km, 168 bpm``."""
    facts, sport = view.activity.facts, view.activity.facts.sport_type or ""
    speed, heart = mean_speed(view), mean_heart_rate(view)
    values = [
        write(length(units, sport), facts.distance) if facts.distance else "",
        f"elapsed time {write(CLOCK, facts.elapsed_time)}" if facts.elapsed_time else "",
        write(rate(units, sport), speed) if speed else "",
        write(HEART_RATE, heart) if heart else "",
    ]
    return ", ".join(filter(None, values))


def _course(compared: ComparedSteps, units: str) -> str:
    """The greatest deficit and lead on the way, in their order, and the one at the end."""
    leads = compared.leads
    end, most, least = leads[-1], max(leads, key=_ahead), min(leads, key=_ahead)
    on_the_way = sorted(
        lead
        for lead in (most, least)
        if abs(lead.ahead_s) >= MIN_WON_S and abs(lead.ahead_s - end.ahead_s) >= MIN_WON_S
    )
    parts = [f"{gap_words(lead.ahead_s)} at {_at(compared, lead.at, units)}" for lead in on_the_way]
    parts.append(f"{gap_words(end.ahead_s)} at the end")
    return f"The first was {', then '.join(parts)}."


def _ahead(lead: Lead) -> float:
    return lead.ahead_s


def gap_words(ahead_s: float) -> str:
    """``28 s ahead``, ``2:30 min behind``, or ``level``."""
    if round(ahead_s) == 0:
        return "level"
    return f"{span(abs(ahead_s))} {'ahead' if ahead_s > 0 else 'behind'}"


def _where(compared: ComparedSteps, units: str) -> str:
    """The tenths of the way on which most time was won and lost."""
    quantity = length(units, compared.first.activity.facts.sport_type or "")
    ranked = ((compared.best, "most time was won"), (compared.worst, "most was lost"))
    parts = [
        f"{words} from {write(quantity, part.begin, with_unit=False)} to "
        f"{write(quantity, part.end)} ({span(abs(part.won_s))}{_standing(part)})"
        for part, words in ranked
        if part and abs(part.won_s) >= MIN_WON_S
    ]
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _standing(part: Part) -> str:
    seconds = round(abs(part.standing_s))
    return f", {seconds} s of it by standing" if seconds >= 1 else ""


def _at(compared: ComparedSteps, at: float, units: str) -> str:
    return write(length(units, compared.first.activity.facts.sport_type or ""), at)
