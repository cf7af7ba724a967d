"""Metrics of activities over the API: computed from a recording, and cached like a response."""

import json
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from strava_mcp.errors import NotFound, RateLimited
from strava_mcp.sources.api.cache import Cache
from strava_mcp.sources.kept_metrics import from_json, of_activity
from strava_mcp.sources.metrics_parts import VERSION, Kept, Part
from strava_mcp.sources.source import Source
from strava_mcp.sources.stream_samples import samples_of
from strava_mcp.training.activity_metrics import STREAMS

#: Where the metrics of an activity are cached. Strava has no such path.
PATH = "/activities/{}/metrics"
#: What metrics depend on beside the recording: id, sport, whether power was measured.
Question = tuple[int, str | None, bool]
#: Each part as JSON text (see ``kept_metrics``).
Texts = dict[str, str]


class Measuring:
    """Measures the activities of ``source``, whose responses are cached under ``athlete_key``.

    ``memo``: where metrics are kept in memory as well, for recordings that never change.
    """

    def __init__(
        self,
        source: Source,
        cache: Cache,
        athlete_key: str,
        *,
        reads_cache: bool,
        memo: MutableMapping[Question, Texts] | None = None,
    ) -> None:
        self._source = source
        self._cache = cache
        self._athlete_key = athlete_key
        self._reads_cache = reads_cache
        self._memo = {} if memo is None else memo

    def metrics(
        self, part: Part, activities: Sequence[Mapping[str, Any]], max_reads: int | None
    ) -> Kept[Any]:
        """One part of the metrics of activities, with at most ``max_reads`` requests; None: all.

        Ends early if Strava's rate limit is reached.
        """
        values: dict[int, Any] = {}
        unread: list[int] = []
        for activity in activities:
            number = int(activity["id"])
            question = _question(activity)
            texts = self._memo.get(question)
            if texts is None:
                texts = self._cached(question)
            if texts is None and activity.get("manual") is not True:
                if max_reads == 0:
                    unread.append(number)
                    continue
                max_reads = max_reads and max_reads - 1
                try:
                    texts = self._memo[question] = self._measure(activity)
                except RateLimited:
                    max_reads = 0
                    unread.append(number)
            if texts and part in texts:
                values[number] = from_json(part, json.loads(texts[part]))
        return Kept(values, tuple(unread))

    def _cached(self, question: Question) -> Texts | None:
        if not self._reads_cache:
            return None
        path = PATH.format(question[0])
        generation = self._cache.generation(self._athlete_key, path)
        texts: Texts | None = self._cache.get(generation, path, _query(question))
        return texts

    def _measure(self, activity: Mapping[str, Any]) -> Texts:
        """Read a recording and cache its metrics; empty without a recording."""
        number = int(activity["id"])
        path = PATH.format(number)
        generation = self._cache.generation(self._athlete_key, path)
        try:
            streams = self._source.streams(number, STREAMS)
        except NotFound:
            streams = {}
        texts = of_activity(samples_of(streams), activity)
        self._cache.put(generation, path, _query(_question(activity)), texts)
        return texts


def _question(activity: Mapping[str, Any]) -> Question:
    sport = activity.get("sport_type")
    has_power = activity.get("device_watts") is True
    return int(activity["id"]), sport if isinstance(sport, str) else None, has_power


def _query(question: Question) -> dict[str, object]:
    """The parameters under which metrics are cached: after a change of sport they are others."""
    _, sport, has_power = question
    return {"version": VERSION, "sport": sport, "power": has_power}
