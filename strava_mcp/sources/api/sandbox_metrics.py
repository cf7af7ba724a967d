"""Metrics of the sandbox athlete's activities, computed ahead.

Those of three years take half a minute, and nobody should wait for it at the first question.
``python -m strava_mcp.sources.api.sandbox_metrics`` writes the tables again, after a change of the
sandbox or of a measure; a test compares them. They begin and end on fixed dates: metrics of other
days are computed when they are needed.

A table has the metrics as columns: all values of a field together, which compresses best.
"""

import json
import lzma
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from strava_mcp.sources.kept_metrics import from_json, of_activity
from strava_mcp.sources.metrics_parts import PARTS, VERSION, Part

FIRST_DAY, LAST_DAY = date(2023, 11, 1), date(2028, 6, 30)
FOLDER = Path(__file__).parent / "sandbox_metrics_tables"
Columns = dict[str, list[Any]]
#: The forms of a value: an object with whole numbers as keys, another object, a list, or a scalar.
NUMBERED, OBJECT, LIST, SCALAR = "n", "o", "l", "s"


def computed_ahead(part: Part, activities: Sequence[Mapping[str, Any]]) -> dict[int, Any]:
    """One part of the metrics of those activities (SummaryActivity) that the table has.

    None for a part that an activity lacks. An activity whose sport was changed is not among them.
    """
    table = _table(part)
    result: dict[int, Any] = {}
    for activity in activities:
        sport, value = table.get(activity["id"], (None, None))
        if sport == activity["sport_type"]:
            result[activity["id"]] = value
    return result


@lru_cache(maxsize=len(PARTS))
def _table(part: Part) -> dict[int, tuple[str, Any]]:
    """Sport and one part of the metrics by activity id; None for a part that an activity lacks.

    Empty if the table is of another version.
    """
    with lzma.open(FOLDER / f"{part}.json.xz") as file:
        stored = json.load(file)
    if stored["version"] != VERSION:
        return {}
    columns = {path: iter(values) for path, values in stored["columns"].items()}
    return {
        number: (sport, from_json(part, value) if (value := _read(columns, "")) else None)
        for number, sport in zip(stored["ids"], stored["sports"], strict=True)
    }


def _read(columns: dict[str, Iterator[Any]], path: str) -> Any:
    """The next value of a path."""
    form = next(columns[f"{path}?"])
    if form == SCALAR:
        return next(columns[path])
    size = next(columns[f"{path}#"])
    if form == LIST:
        return [_read(columns, _item(path, i, size)) for i in range(size)]
    if form == OBJECT:
        names = [next(columns[f"{path}@"]) for _ in range(size)]
        return {name: _read(columns, f"{path}.{name}") for name in names}
    result, key = {}, 0
    for _ in range(size):
        key += next(columns[f"{path}@"])
        result[str(key)] = _read(columns, f"{path}:")
    return result


def _write(columns: Columns, path: str, value: Any) -> None:
    """Append a value to the columns of its path."""

    def add(column: str, item: Any) -> None:
        columns.setdefault(column, []).append(item)

    if not isinstance(value, dict | list):
        add(f"{path}?", SCALAR)
        add(path, value)
        return
    is_numbered = isinstance(value, dict) and bool(value) and all(key.isdigit() for key in value)
    form = LIST if isinstance(value, list) else NUMBERED if is_numbered else OBJECT
    add(f"{path}?", form)
    add(f"{path}#", len(value))
    if isinstance(value, list):
        for i, item in enumerate(value):
            _write(columns, _item(path, i, len(value)), item)
        return
    last = 0
    for key in value:
        add(f"{path}@", int(key) - last if is_numbered else key)
        last = int(key) if is_numbered else 0
    for key, item in value.items():
        _write(columns, f"{path}:" if is_numbered else f"{path}.{key}", item)


def _item(path: str, index: int, size: int) -> str:
    """The path of an item: short lists have a column for each place."""
    return f"{path}[{index}]" if size <= 3 else f"{path}[]"


def write_tables() -> None:
    """Compute the metrics of every recorded activity between the two dates, and write them."""
    from strava_mcp.sandbox import activities, calendar, recording
    from strava_mcp.sandbox.athlete import MIRA
    from strava_mcp.training.activity_metrics import STREAMS

    days = (date.fromordinal(day) for day in range(FIRST_DAY.toordinal(), LAST_DAY.toordinal() + 1))
    plans = [plan for day in days for plan in calendar.plans_on(day, MIRA) if plan.is_recorded]
    columns: dict[Part, Columns] = {part: {} for part in PARTS}
    for plan in plans:
        streams = recording.streams(plan)
        samples = {key: streams[key] for key in STREAMS if key in streams}
        texts = of_activity(samples, activities.summary(plan))
        for part in PARTS:
            _write(columns[part], "", json.loads(texts[part]) if part in texts else None)
    FOLDER.mkdir(exist_ok=True)
    for part in PARTS:
        stored = {
            "version": VERSION,
            "ids": [plan.id for plan in plans],
            "sports": [plan.sport for plan in plans],
            "columns": columns[part],
        }
        data = json.dumps(stored, separators=(",", ":")).encode()
        packed = lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)
        (FOLDER / f"{part}.json.xz").write_bytes(packed)


if __name__ == "__main__":
    write_tables()
