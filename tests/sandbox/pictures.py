"""Draws one activity of each workout as SVG in ``build/pictures``, for a person to judge.

Run it with ``python -m tests.sandbox.pictures``.
"""

from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path

from strava_mcp.sandbox import laps, recording
from strava_mcp.sandbox.athlete import ATHLETES
from strava_mcp.sandbox.calendar import plans
from strava_mcp.sandbox.plan import Plan

FOLDER = Path("build") / "pictures"
TODAY = date(2026, 6, 15)
WIDTH, PANEL, GAP = 900, 90, 14
PANELS = {
    "altitude": ("m", "#8a8a8a"),
    "velocity_smooth": ("m/s", "#1f77b4"),
    "heartrate": ("bpm", "#d62728"),
    "watts": ("W", "#9467bd"),
    "cadence": ("/min", "#2ca02c"),
}


def drawing(plan: Plan) -> str:
    """An activity's streams over time, one panel each, with its laps."""
    streams = recording.streams(plan)
    keys = [key for key in PANELS if key in streams]
    time = streams["time"]
    height = 30 + len(keys) * (PANEL + GAP)
    title = (
        f"{plan.start_local:%Y-%m-%d %H:%M} {plan.sport} · {plan.name} · "
        f"{plan.distance_m / 1000:.2f} km, {plan.moving_s // 60} min, {plan.temperature_c:.0f} °C"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>'
        f'<text x="8" y="18" font-size="13">{escape(title)}</text>'
    ]
    for number, key in enumerate(keys):
        unit, colour = PANELS[key]
        top = 30 + number * (PANEL + GAP)
        parts.append(_panel(time, streams[key], top, f"{key} {unit}", colour))
    edges = [time[lap["end_index"]] for lap in laps.laps(plan)][:-1]
    parts += [
        f'<line x1="{x}" x2="{x}" y1="28" y2="{height}" stroke="#ccc" stroke-dasharray="2 3"/>'
        for x in (round(60 + (WIDTH - 70) * edge / time[-1], 1) for edge in edges)
    ]
    return "".join([*parts, "</svg>"])


def _panel(time: Sequence[int], values: Sequence[float], top: int, label: str, colour: str) -> str:
    low, high = min(values), max(values)
    scale = (PANEL - 4) / ((high - low) or 1)
    step = max(1, len(time) // 2500)
    across, base = (WIDTH - 70) / time[-1], top + PANEL
    points = " ".join(
        f"{60 + across * time[i]:.1f},{base - (values[i] - low) * scale:.1f}"
        for i in range(0, len(time), step)
    )
    return (
        f'<text x="4" y="{top + 12}">{high:g}</text><text x="4" y="{top + PANEL}">{low:g}</text>'
        f'<text x="64" y="{top + 12}" fill="{colour}">{label}</text>'
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1"/>'
    )


def main() -> None:
    """Draw the first activity of each workout of each athlete."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for athlete in ATHLETES.values():
        drawn: set[tuple[str, str]] = set()
        for plan in plans(TODAY, athlete):
            kind = (plan.sport, plan.workout)
            if plan.is_recorded and kind not in drawn:
                drawn.add(kind)
                name = f"{athlete.seed}-{plan.sport}-{plan.workout}".replace(" ", "_")
                (FOLDER / f"{name}.svg").write_text(drawing(plan), "utf-8")


if __name__ == "__main__":
    main()
