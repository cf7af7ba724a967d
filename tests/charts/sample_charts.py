"""Charts of every layout, with invented values, for the renderers."""

from dataclasses import replace
from datetime import date
from math import cos, pi, sin
from random import Random

from strava_mcp.charts.chart import (
    Axis,
    Band,
    Cell,
    Chart,
    Fact,
    Grid,
    Map,
    Mark,
    Marker,
    Panel,
    Quantity,
    Segment,
    Steps,
    Tab,
    Tick,
    Track,
)
from strava_mcp.charts.quantity_words import day_of
from strava_mcp.charts.scales import hours_ticks, number_ticks, pace_ticks, padded

NAME = "Halbmarathon <b>am See</b> & 東京 \u202e 🏅"
KM = Quantity("number", "km", 0.001, 2)
PACE = Quantity("pace", "/km", 1000)
BPM = Quantity("number", "bpm")
LENGTH_M = 21_190.0
TODAY = day_of(date(2026, 11, 26))
SHAPES = ("circle", "square", "triangle", "diamond", "bar")
#: As many facts as a header has, with their longest values.
SIX_FACTS = [
    Fact("Distance", "100.00", "km"),
    Fact("Moving time", "10:00:00"),
    Fact("Speed", "28.4", "km/h"),
    Fact("Heart rate", "152", "bpm"),
    Fact("Estimated power", "254", "W"),
    Fact("Climb", "1,234", "m"),
]


def activity_chart(count: int = 300) -> Chart:
    """A run with a gap in its heart rate, laps and a track."""
    noise = Random(1)
    step_m = LENGTH_M / count
    at = [step_m * (index + 0.5) for index in range(count)]
    speeds = [3.69 + 0.4 * sin(m / 900) + noise.gauss(0, 0.05) for m in at]
    heart: list[float | None] = [160 + 10 * sin(m / 1200) for m in at]
    heart[count // 3 : count // 3 + count // 25] = [None] * (count // 25)
    altitude = [450 + 80 * sin(m / 4800) for m in at]
    pace, bpm, high = padded(speeds, 0.3), padded(heart, 20), padded(altitude, 40)
    zones = [Band("Z3", 143, 157), Band("Z4", 157, 171), Band("Z5", 171, None)]
    panels = [
        Panel(
            *("Pace", PACE, "pace", pace, pace_ticks(*pace, 1000)),
            [Mark("line", speeds, "pace")],
            height=1.15,
            aside="avg 4:31 /km",
            mean=3.69,
            key="rate",
        ),
        Panel(
            *("Heart rate", BPM, "heart", bpm, [Tick(157, "157"), Tick(171, "171")]),
            [Mark("line", heart, "heart")],
            height=0.9,
            aside="avg 160 bpm",
            mean=160,
            bands=zones,
            key="heart",
        ),
        Panel(
            *("Altitude", Quantity("number", "m"), "altitude", high, number_ticks(*high)),
            [Mark("area", altitude, "altitude")],
            height=0.6,
            aside="370 – 530 m",
            key="altitude",
        ),
    ]
    edges = [*range(0, 21_001, 1000), LENGTH_M]
    strip = [
        Segment(low, high, f"Lap {number}", number * 7 % 10 / 10)
        for number, (low, high) in enumerate(zip(edges, edges[1:]), 1)
    ]
    turns = [index / 200 * 2 * pi for index in range(200)]
    points = [(3000 * cos(turn) + 200 * sin(9 * turn), 2200 * sin(turn)) for turn in turns]
    return Chart(
        view="activity",
        title=NAME,
        heading="Run · Sun 27 Sep 2026, 08:26",
        reading="Read it.",
        subtitle="Run · Sun 27 Sep 2026, 08:26",
        facts=[
            Fact("Distance", "21.19", "km", "distance"),
            Fact("Moving time", "1:35:48", "", "time"),
            Fact("Pace", "4:31", "/km", "rate"),
            Fact("Heart rate", "160", "bpm", "heart"),
            Fact("Climb", "212", "m"),
        ],
        axis=Axis("length", KM, (0, LENGTH_M), at),
        tabs=[Tab("", panels)],
        strip=strip,
        steps=Steps([step_m] * count, [step_m / speed for speed in speeds]),
        map=Map([Track(points)], (2000, "2 km")),
        notes=["Heart rate: no reading for 4 % of the distance."],
    )


def form_chart() -> Chart:
    """A year of daily values: an area and lines, bars around zero on bands, spikes, markers."""
    noise = Random(2)
    days = list(range(TODAY - 364, TODAY + 1))
    loads = [max(0.0, noise.gauss(60, 50)) for _ in days]
    fitness, fatigue = [40.0], [40.0]
    for load in loads[1:]:
        fitness.append(fitness[-1] + (load - fitness[-1]) / 42)
        fatigue.append(fatigue[-1] + (load - fatigue[-1]) / 7)
    form = [one - other for one, other in zip(fitness, fatigue)]
    number, signed = Quantity("number", "", 1, 1), Quantity("signed", "", 1, 1)
    bands = [
        Band("fresh", 5, None, True),
        Band("neutral", -10, 5),
        Band("optimal", -30, -10, True),
        Band("high risk", None, -30),
    ]
    top = max(fatigue) * 1.05
    curves = [
        Mark("area", fitness, "pace", "Fitness"),
        Mark("line", fatigue, "power", "Fatigue"),
        Mark("line", [50.0, 55.0], "pace", "Planned", "dashed", [TODAY - 20, TODAY]),
    ]
    form_ticks = [Tick(-30, "−30"), Tick(-10, "−10"), Tick(5, "5")]
    loaded = max(loads) * 1.05
    panels = [
        Panel("Fitness and fatigue", number, "pace", (0, top), number_ticks(0, top), curves, 1.3),
        Panel(
            *("Form", signed, "form", (-60, 40), form_ticks, [Mark("bars", form, "form")], 0.9),
            bands=bands,
        ),
        Panel(
            *("Daily load", number, "altitude", (0, loaded), number_ticks(0, loaded, 3)),
            [Mark("spikes", loads, "altitude")],
            height=0.6,
        ),
    ]
    return Chart(
        view="form",
        title="Form",
        heading="Form · 27 Nov 2025 – 26 Nov 2026",
        reading="Read it.",
        facts=[Fact("Fitness", "61.2"), Fact("Fatigue", "70.9"), Fact("Form", "−9.7")],
        axis=Axis("day", Quantity("day"), (TODAY - 364.5, TODAY + 0.5), days),
        tabs=[Tab("", panels)],
        markers=[
            Marker(TODAY - 200, "Half marathon"),
            Marker(TODAY - 190, "Marathon"),
            Marker(TODAY - 185, "10 km"),
            Marker(TODAY, "today"),
        ],
        notes=["Loads are relative effort by heart rate; 12 days are estimated from duration."],
    )


def weeks_chart() -> Chart:
    """Stacked bars of 26 weeks, the last of them unfinished, and a second tab."""
    noise = Random(3)
    mondays = list(range(TODAY - 3 - 25 * 7, TODAY + 1, 7))
    easy, moderate, hard = (
        [noise.uniform(low, high) * 3600 for _ in mondays]
        for low, high in ((2, 6), (0.2, 1), (0.1, 0.7))
    )
    marks = [
        Mark("bars", easy, "easy", "Easy", hatched=[25]),
        Mark("bars", moderate, "moderate", "Moderate", hatched=[25]),
        Mark("bars", hard, "hard", "Hard", hatched=[25]),
        Mark("line", [4.2 * 3600.0] * 26, "ink", "4-week mean"),
    ]
    hours = Quantity("hours", "h")
    ticks = hours_ticks(8 * 3600, 5)
    first = Panel("Time in zones", hours, "pace", (0, 8 * 3600), ticks, marks)
    second = replace(first, name="Distance")
    return Chart(
        view="weeks",
        title="Weeks",
        heading="26 weeks to 26 Nov 2026",
        reading="Read it.",
        facts=[Fact("Easy", "82", "%"), Fact("Per week", "5:12", "h")],
        axis=Axis("day", Quantity("day"), (mondays[0] - 4, mondays[-1] + 4), mondays),
        tabs=[Tab("Time in zones", [first]), Tab("Distance", [second])],
    )


def curve_chart() -> Chart:
    """Best power by duration: lines of three pens, a model and records, over a logarithmic axis."""
    seconds = [5.0, 15, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200, 14_400]
    best: list[float | None] = [round(250 + 20_000 / (s + 30)) for s in seconds]
    marks = [
        Mark("line", [w and w * 1.06 for w in best], "ever", "Ever", "faint"),
        Mark("line", [w and w * 0.95 for w in best], "earlier", "Last season"),
        Mark("line", [*best[:3], None, *best[4:]], "power", "This season", "bold"),
        Mark(
            "line", [250 + 18_000 / s for s in (120, 1800)], "ink", "Model", "dotted", [120, 1800]
        ),
        Mark("dots", [best[3], best[7]], "power", "", "solid", [60, 1200], ["1 min", "20 min"]),
    ]
    domain = (200.0, 900.0)
    watts = Quantity("number", "W")
    panel = Panel("Power", watts, "power", domain, number_ticks(*domain, 6), marks)
    return Chart(
        view="curve",
        title="Power curve",
        heading="Best power · 2026",
        reading="Read it.",
        axis=Axis("duration", Quantity("span"), (5, 14_400), seconds),
        tabs=[Tab("", [panel])],
    )


def calendar_chart(days: int = 365) -> Chart:
    """A year of days."""
    noise = Random(4)
    cells = []
    for day in range(TODAY - days + 1, TODAY + 1):
        level = 0.0 if noise.random() < 0.3 else noise.random()
        shape = noise.choice(SHAPES) if level else ""
        cells.append(Cell(day, level, "Run 12.1 km", shape))  # type: ignore[arg-type]
    legend = [("circle", "Run"), ("square", "Ride"), ("triangle", "Hike"), ("diamond", "Swim")]
    grid = Grid(cells, legend, "the darker, the greater the load", (TODAY - 60, TODAY - 50))
    heading = "A year to 26 Nov 2026"
    return Chart("calendar", "Calendar", heading, "Read it.", grid=grid)


def map_chart(count: int = 40) -> Chart:
    """Many tracks around one place."""
    noise = Random(5)
    tracks = []
    for number in range(count):
        east, size = noise.uniform(-900, 900), noise.uniform(0.1, 1.2)
        turns = [index / 60 * 2 * pi for index in range(61)]
        points = [
            (east + size * 2000 * cos(turn), east / 2 + size * 1500 * sin(turn)) for turn in turns
        ]
        tracks.append(Track(points, label=f"Run {number}"))
    the_map = Map(tracks, (1000, "1 km"), has_ends=False)
    return Chart("map", "Map", "Runs · 2026", "Read it.", map=the_map)


def state_chart() -> Chart:
    """An activity without anything to draw."""
    state = "No recording: this activity was entered by hand."
    heading = "Run · Sun 27 Sep 2026"
    return replace(activity_chart(), heading=heading, axis=None, tabs=(), map=None, state=state)


CHARTS = {
    "activity": activity_chart(),
    "form": form_chart(),
    "weeks": weeks_chart(),
    "curve": curve_chart(),
    "calendar": calendar_chart(),
    "map": map_chart(),
    "state": state_chart(),
}
