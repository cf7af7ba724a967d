"""Parsing untrusted XML: no document types, no entities, bounded size.

It is decoded and parsed in chunks: the GPX file of a day has 50 MB and is not in memory twice.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING

from strava_mcp.recordings.recording import CorruptFile

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: A day of TCX at one sample per second with all known fields has 1.2 million elements.
MAX_ELEMENTS = 1_500_000
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
DECLARATION = re.compile(r"^<\?xml[^>]*\?>")
HEAD_BYTES = 1000
#: Characters decoded at a time.
CHUNK_CHARACTERS = 1 << 18


class Truncated(Exception):
    """The XML is not well-formed from some position on; what precedes it was parsed."""


class XmlText:
    """The text of an XML file, from the end of its declaration on.

    Bytes that are invalid in the declared encoding are replaced, so that a wrongly encoded name
    does not make a recording unreadable. ``head``: the first characters. Raises CorruptFile if the
    encoding is unknown.
    """

    def __init__(self, data: bytes) -> None:
        mark = next((mark for mark in BYTE_ORDER_MARKS if data.startswith(mark)), b"")
        self._encoding = BYTE_ORDER_MARKS.get(mark, "utf-8")
        declared = ENCODING.search(data, 0, HEAD_BYTES)
        if declared and not mark:
            self._encoding = declared.group(1).decode("ascii")
        try:
            self._rest = TextIOWrapper(BytesIO(data), self._encoding, "replace", newline="")
        except (LookupError, ValueError) as exc:
            raise CorruptFile(self._unknown_encoding()) from exc
        self.head = ""
        while not self.head and (chunk := self._chunk()):
            self.head = chunk.lstrip("\ufeff \t\r\n")
        self.head = DECLARATION.sub("", self.head, count=1)
        self._head_was_read = False

    def read(self, _: int = -1) -> bytes:
        """Return the next chunk in UTF-8, empty at the end (the interface that parsers expect)."""
        chunk = self._chunk() if self._head_was_read else self.head or self._chunk()
        self._head_was_read = True
        # Damaged UTF-16 contains lone surrogates, which UTF-8 cannot encode.
        return chunk.encode("utf-8", "replace")

    def _chunk(self) -> str:
        try:
            return self._rest.read(CHUNK_CHARACTERS)
        except (LookupError, ValueError) as exc:
            raise CorruptFile(self._unknown_encoding()) from exc

    def _unknown_encoding(self) -> str:
        return f"its text has the encoding {self._encoding}, which is unknown"


def elements(text: XmlText) -> Iterator[tuple[str, "Element"]]:
    """Yield ``start`` and ``end`` of each element; the caller clears elements it is done with.

    Raises CorruptFile if the text is hostile or too long, and Truncated if it is not well-formed.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

    count = 0
    try:
        for event, element in iterparse(text, ("start", "end"), forbid_dtd=True):
            count += event == "start"
            if count > MAX_ELEMENTS:
                raise CorruptFile(f"it has more than {MAX_ELEMENTS:,} elements")
            yield event, element
    except DefusedXmlException as exc:
        raise CorruptFile("it declares a document type, as no recording does") from exc
    except ParseError as exc:
        line, column = exc.position
        raise Truncated(f"it is not XML from line {line}, column {column} on") from exc


def local_name(tag: object) -> str:
    """Return the name of an element without its namespace."""
    return str(tag).rpartition("}")[2]


def parse_number(text: str | None) -> float | None:
    """Parse a number; None if it is not one."""
    try:
        return float(text) if text else None
    except ValueError:
        return None


def parse_time(text: str | datetime | None) -> float | None:
    """Return an ISO 8601 time, in UTC by default, as seconds since 1970; None if it is not one."""
    try:
        when = datetime.fromisoformat(text.strip()) if isinstance(text, str) else text
        if when is None:
            return None
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
