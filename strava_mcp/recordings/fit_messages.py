"""The messages of a FIT file, or of a chain of them, by part and kind.

Records are converted to samples immediately, so that a long recording is not in memory twice.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from strava_mcp.recordings import limits
from strava_mcp.recordings.fit_chain import HEADER, parts
from strava_mcp.recordings.fit_decoder import Budget, Damaged, TooMany, decode
from strava_mcp.recordings.fit_fields import PackedSpeed, sample
from strava_mcp.recordings.fit_heart_rate import Beat
from strava_mcp.recordings.fit_profile import (
    EVENT,
    FIELD_DESCRIPTION,
    LAP,
    OTHER_FIELDS,
    RECORD,
    RECORD_FIELDS,
    SESSION,
    Message,
)
from strava_mcp.recordings.samples import Sample

#: Of all parts: four days at one sample per second with twenty values each.
MAX_VALUES = 8_000_000
#: Of all parts: a day of records with a definition each.
MAX_DEFINITION_BYTES = 8 << 20
#: Of all parts, without records: laps, lengths, events and heart rate of days.
MAX_OTHER_MESSAGES = 50_000
#: Of all parts: a triathlon has five.
MAX_SESSIONS = 100
#: Events of the timer (FIT profile, event); the others are not read.
TIMER = 0


@dataclass(eq=False)
class PartMessages:
    """The samples of one file of a chain, and its other messages by kind with stored values.

    ``beats``: of its hr messages, once they have been read.
    """

    samples: list[Sample] = field(default_factory=list)
    by_kind: dict[int, list[Message]] = field(default_factory=lambda: defaultdict(list))
    beats: list[Beat] = field(default_factory=list)


@dataclass
class Messages:
    """The parts of a file. ``problems``: what is damaged or left out, one line each."""

    parts: list[PartMessages] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def of_kind(self, kind: int) -> list[Message]:
        """Return the messages of one kind of all parts."""
        return [message for part in self.parts for message in part.by_kind.get(kind, ())]


def read(data: bytes) -> Messages:
    """Read a FIT file or a chain of them; damage is listed in ``problems``."""
    result = Messages()
    reader = _Reader(result)
    for part in parts(data):
        # One cause, one problem: a truncated file also ends within a message.
        problem = part.problem
        try:
            if part.data:
                reader.read(part.data)
        except Damaged:
            problem = problem or "a part of it is damaged, and what follows there is left out"
        except TooMany:
            result.problems.append("it has more messages than any recording; the rest is left out")
            break
        if problem and problem not in result.problems:
            result.problems.append(problem)
    if reader.records > limits.MAX_SAMPLES:
        result.problems.append(limits.samples_left_out())
    return result


class _Reader:
    """Reads the parts of one file, and counts their messages.

    Laps and totals that follow more than MAX_SAMPLES records are read.
    """

    def __init__(self, result: Messages) -> None:
        self.records = 0
        self._result = result
        self._budget = Budget(MAX_VALUES, MAX_DEFINITION_BYTES)
        self._others = 0
        self._sessions = 0
        self._laps = 0

    def read(self, data: bytes) -> None:
        """Read one part, up to where it is damaged. Raises Damaged and TooMany."""
        header_bytes, _, _, size, _ = HEADER.unpack_from(data)
        part = PartMessages()
        self._result.parts.append(part)
        records = _Records(part.samples)
        try:
            messages = data[header_bytes : header_bytes + size]
            for kind, message in decode(messages, self._budget):
                if kind == RECORD:
                    self.records += 1
                    if self.records <= limits.MAX_SAMPLES:
                        records.add(message)
                elif kind in OTHER_FIELDS and kind != FIELD_DESCRIPTION:
                    self._keep(part, kind, message)
        finally:
            records.use_developer_series()

    def _keep(self, part: PartMessages, kind: int, message: Message) -> None:
        if kind == EVENT and message.get("event") != TIMER:
            return
        self._others += 1
        self._sessions += kind == SESSION
        self._laps += kind == LAP
        if (
            self._others > MAX_OTHER_MESSAGES
            or self._sessions > MAX_SESSIONS
            or self._laps > limits.MAX_LAPS
        ):
            raise TooMany
        part.by_kind[kind].append(message)


class _Records:
    """Converts records to samples.

    An app's developer field fills in for a field that the device did not record, or that is 0 in
    all records of the app, such as the distance of a watch without a satellite fix.
    """

    def __init__(self, samples: list[Sample]) -> None:
        self._samples = samples
        self._packed = PackedSpeed()
        self._measured: set[str] = set()
        self._zeros: list[tuple[Sample, str, float]] = []

    def add(self, message: Message) -> None:
        """Add the sample of a record, if it has a value that is read."""
        result = self._packed.read(message) | sample(message)
        for name, value in message.get("developer", {}).items():
            if name not in RECORD_FIELDS:
                continue
            key = RECORD_FIELDS[name][0]
            if key not in result:
                result[key] = value
            elif result[key]:
                self._measured.add(key)
            else:
                self._zeros.append((result, key, value))
        if result:
            self._samples.append(result)

    def use_developer_series(self) -> None:
        """Replace the series of the device that are 0 throughout."""
        for result, key, value in self._zeros:
            if key not in self._measured:
                result[key] = value
