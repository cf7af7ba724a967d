"""The views by name. Each reads its answer from ``analysis`` and draws it.

Modules are imported when a view is asked for.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from strava_mcp.analysis.evidence import Coverage
from strava_mcp.analysis.subject import Subject
from strava_mcp.charts.chart import Chart, Kind
from strava_mcp.charts.question import Question

#: Of the taper that an outlook looks for, which is not drawn.
WANTED_FORM = 10.0


def draw(subject: Subject, question: Question) -> Chart:
    """The chart that answers a question. Raises NotFound and any other SourceError."""
    return VIEWS[question.view](subject, question)


def _activity(subject: Subject, question: Question) -> Chart:
    from strava_mcp.analysis.activity_steps import activity_steps
    from strava_mcp.charts import activity

    steps = activity_steps(subject, question.ids[0], *(question.stretch or ()))
    return activity.draw(steps, question.units)


def _form(subject: Subject, question: Question) -> Chart:
    from strava_mcp.analysis.load_outlook import outlook
    from strava_mcp.analysis.training_load import training_load
    from strava_mcp.charts import form

    last = subject.today if question.until else question.last
    history = training_load(subject, question.first, last, question.sports)
    if not question.until or isinstance(history, Coverage):
        return form.draw(history, None)
    return form.draw(history, outlook(history, question.until, question.planned, WANTED_FORM))


def _curve(subject: Subject, question: Question) -> Chart:
    from strava_mcp.analysis.curves import curves
    from strava_mcp.charts import curve

    answer = curves(subject, question.first, question.last, question.sports)
    return curve.draw(answer, question.units)


def _weeks(subject: Subject, question: Question) -> Chart:
    from strava_mcp.analysis.summary import summarize
    from strava_mcp.charts import weeks

    answer = summarize(subject, question.first, question.last, "week", question.sports)
    return weeks.draw(answer, subject.today, question.units)


def _calendar(subject: Subject, question: Question) -> Chart:
    from strava_mcp.analysis.calendar import calendar
    from strava_mcp.charts import calendar as view

    earliest = question.last - timedelta(days=view.MAX_DAYS - 1)
    first = max(question.first or earliest, earliest)
    answer = calendar(subject, first, question.last, question.sports)
    return view.draw(answer, subject.today, question.units)


def _map(subject: Subject, question: Question) -> Chart:
    from strava_mcp.analysis.tracks import tracks_of
    from strava_mcp.charts import map as view

    tracks = tracks_of(subject, question.first, question.last, question.sports)
    return view.draw(tracks, _dates(question), question.units)


def _dates(question: Question) -> str:
    from strava_mcp.charts.quantity_words import write_dates

    return write_dates(question.first, question.last)


def _compare(subject: Subject, question: Question) -> Chart:
    from strava_mcp.analysis.compared_steps import compared_steps
    from strava_mcp.charts import compare

    return compare.draw(compared_steps(subject, *question.ids), question.units)


VIEWS: Mapping[Kind, Callable[[Subject, Question], Chart]] = {
    "activity": _activity,
    "form": _form,
    "curve": _curve,
    "weeks": _weeks,
    "calendar": _calendar,
    "compare": _compare,
    "map": _map,
}
#: The period that a view shows if none is named; the others show single activities.
PERIODS: Mapping[str, str] = {
    "form": "last 6 months",
    "curve": "this year",
    "weeks": "last 26 weeks",
    "calendar": "last 52 weeks",
    "map": "this year",
}
