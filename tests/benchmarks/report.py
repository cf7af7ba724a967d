"""The table of measured values, and the goals."""

from collections.abc import Callable

from tests.benchmarks import tokens
from tests.benchmarks.contenders import BARE, FAST, OURS

#: Server → row of the table → median.
Report = dict[str, dict[str, float]]
COLD = "cold start, ms"
LIST_CPU = "tools/list: CPU ms per request"
CALL_CPU = "get_athlete, no cache: CPU ms per request"
CACHED_CPU = "get_athlete, cached: CPU ms per request"


def print_report(
    report: Report, in_process: dict[str, float], token_counts: dict[str, float], missing: list[str]
) -> None:
    """Print a Markdown table, which goals are met, and what was not measured."""
    names = list(report)
    rows = list(dict.fromkeys(row for name in names for row in report[name]))
    print("| | " + " | ".join(names) + " | ours / bare Flask |")
    print("|---|" + "---|" * (len(names) + 1))
    for row in rows:
        cells = [f"{report[name][row]:.2f}" if row in report[name] else "" for name in names]
        ours, bare = report[OURS].get(row), report[BARE].get(row)
        ratio = f"{ours / bare:.2f}" if ours is not None and bare else ""
        print(f"| {row} | {' | '.join(cells)} | {ratio} |")
    for name, value in (in_process | token_counts).items():
        print(f"| {name} | {value:.2f} |" + " |" * len(names))
    print()
    for goal, measure, maximum in _goals(report, in_process, token_counts):
        try:
            value = measure()
        except KeyError:
            print(f"?      {goal}: not measured")
            continue
        print(f"{'met   ' if value <= maximum else 'MISSED'} {goal}: {value:.2f} ≤ {maximum}")
    for line in missing:
        print(line)


def _goals(
    report: Report, inner: dict[str, float], counts: dict[str, float]
) -> list[tuple[str, Callable[[], float], float]]:
    """Each goal: name, value (KeyError if it was not measured), maximum."""
    ours, bare, fast = report[OURS], report[BARE], report.get(FAST, {})
    slow = "get_athlete c16, 100 ms upstream: per second"

    def growth() -> float:
        return ours["RSS loaded, MB"] / ours["RSS warm, MB"] - 1

    goals: list[tuple[str, Callable[[], float], float]] = [
        ("1 cold start / bare Flask", lambda: ours[COLD] / bare[COLD], 1.35),
        ("1 cold start / FastMCP", lambda: ours[COLD] / fast[COLD], 0.25),
        ("2 forbidden modules after a tools/list", lambda: inner["forbidden modules"], 0),
        ("3 tools/list CPU / bare Flask", lambda: ours[LIST_CPU] / bare[LIST_CPU], 1.35),
        ("3 tools/call CPU, no cache / bare Flask", lambda: ours[CALL_CPU] / bare[CALL_CPU], 1.3),
        ("3 in process, tools/list, ms", lambda: inner["tools/list in process, ms"], 0.5),
        ("OAuth token / AUTH_TOKEN", lambda: inner["OAuth token / AUTH_TOKEN, in process"], 1.15),
        ("4 100 ms upstream, c16: ideal rate / ours", lambda: 160 / ours[slow], 1.111),
        (
            "4 upstream calls per request, no cache",
            lambda: ours["get_athlete, no cache: upstream calls per request"],
            1.0,
        ),
        (
            "4 new upstream connections, warm",
            lambda: ours["get_athlete, no cache: new upstream connections"],
            0,
        ),
        ("5 growth under load", growth, 0.25),
        ("5 RSS loaded, MB (half of the original's 200)", lambda: ours["RSS loaded, MB"], 100),
    ]
    goals += [
        (f"7 {name}", lambda name=name: counts[name], most)  # type: ignore[misc]
        for name, most in tokens.GOALS.items()
    ]
    return goals
