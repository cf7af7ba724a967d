"""An athlete who can be asked over HTTP, and whose raw data can be read beside it."""

import json
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from flask import Flask

from strava_mcp.errors import NotFound
from strava_mcp.json_types import JSON
from strava_mcp.services import services
from strava_mcp.sources.source import Source
from tests.questions.table import Call, filled
from tests.wire import MODERN, Wire

TOKEN = "7c" * 32
KEYS = ("time", "distance", "moving", "altitude", "heartrate", "watts", "latlng")
#: In the titles of sessions with intervals: 5 × 1 km.
SET = "×"


class Athlete:
    """``name``: of the source."""

    def __init__(self, name: str, app: Flask) -> None:
        self.name = name
        self.source: Source = services(app).source
        self._client = app.test_client()
        self._wire = Wire(self._client, MODERN, TOKEN)
        self._samples: dict[int, dict[str, Any]] = {}

    def text(self, call: Call) -> str:
        """The reply as a model reads it."""
        name, arguments = filled(call, self.chosen)
        result = self._wire.tool(name, **arguments)
        content, *_ = result["content"]
        assert not result.get("isError"), (name, arguments, content)
        return str(content["text"])

    def ask(self, tool: str, **arguments: Any) -> Any:
        """The structured reply."""
        return json.loads(self.text((tool, arguments)))

    def refusal(self, tool: str, **arguments: Any) -> str:
        """Why a question is not answered."""
        result = self._wire.tool(tool, **arguments)
        assert result["isError"]
        return str(result["content"][0]["text"])

    def get(self, path: str) -> str:
        """What a link of a reply leads to, without a token."""
        response = self._client.get(path)
        assert response.status_code == 200, response.text
        return response.text

    @cached_property
    def rows(self) -> list[JSON]:
        """All activities (SummaryActivity), newest first."""
        rows: list[JSON] = []
        page = 1
        while batch := self.source.activities(page=page, per_page=200):
            rows, page = rows + batch, page + 1
        return rows

    def samples(self, number: int) -> dict[str, Any]:
        """The streams of an activity; empty without a recording."""
        if number not in self._samples:
            try:
                streams = self.source.streams(number, KEYS)
            except NotFound:
                streams = {}
            self._samples[number] = {key: stream["data"] for key, stream in streams.items()}
        return self._samples[number]

    def between(self, first: date, last: date, sports: Sequence[str] = ()) -> list[JSON]:
        """The activities of local days, newest first."""
        return [
            row
            for row in self.rows
            if first <= day_of(row) <= last and (not sports or row["sport_type"] in sports)
        ]

    @cached_property
    def chosen(self) -> JSON:
        """The ids that questions name."""
        runs = [row for row in self.rows if row["sport_type"] == "Run" and self._is_outdoors(row)]
        rides = [row for row in self.rows if row["sport_type"] == "Ride" and self._is_outdoors(row)]
        sets = [row for row in runs if SET in row["name"]]
        first = next((row for row in runs if self._again(row, runs)), runs[0])
        return {
            "long_run": max(runs[:60], key=lambda row: row["moving_time"])["id"],
            "intervals": sets[0]["id"] if sets else runs[0]["id"],
            "hilly_ride": max(rides[:60], key=lambda row: row["total_elevation_gain"])["id"],
            "ride": rides[0]["id"],
            "route_run": first["id"],
            "route_again": (self._again(first, runs) or runs[1])["id"],
            "words": self.note.partition(".")[0] if self.note else runs[0]["name"],
        }

    @property
    def has_intervals(self) -> bool:
        """Whether the chosen session has a set in its title."""
        names = {row["id"]: row["name"] for row in self.rows}
        return SET in names[self.chosen["intervals"]]

    @cached_property
    def note(self) -> str:
        """A private note, which only an export has; else a title."""
        notes = (self.source.activity(row["id"]).get("private_note") for row in self.rows[:45])
        return next((note for note in notes if note), "") if self.name == "archive" else ""

    def _is_outdoors(self, row: JSON) -> bool:
        return bool(row.get("start_latlng")) and not row.get("manual")

    def _again(self, run: JSON, runs: Sequence[JSON]) -> JSON | None:
        """Another run from the same place over the same distance."""
        (lat, lng), distance = run["start_latlng"], run["distance"]
        same = [
            row
            for row in runs
            if row["id"] != run["id"]
            and abs(row["start_latlng"][0] - lat) + abs(row["start_latlng"][1] - lng) < 0.001
            and abs(row["distance"] - distance) < 0.03 * distance
        ]
        return same[0] if same else None


def day_of(row: JSON) -> date:
    """The local date."""
    return date.fromisoformat(row["start_date_local"][:10])


def value_at(places: Sequence[float], values: Sequence[float], place: float) -> float:
    """The value at a place, linear between the samples around it."""
    index = min(max(bisect_right(places, place), 1), len(places) - 1)
    low, high = places[index - 1], places[index]
    share = (place - low) / (high - low) if high > low else 0.0
    return values[index - 1] + share * (values[index] - values[index - 1])
