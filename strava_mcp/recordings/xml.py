"""XML that may be hostile: without document types and entities, and of bounded size.

It is decoded and parsed piece by piece: a GPX of a day has 50 MB, and never lies in memory twice.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING

from strava_mcp.recordings.recording import CorruptFile

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: A day at a sample a second, with every field that is known, is 1.2 million elements of TCX.
MAX_ELEMENTS = 1_500_000
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
DECLARATION = re.compile(r"^<\?xml[^>]*\?>")
HEAD_BYTES = 1000
#: Letters that are decoded at a time.
PIECE = 1 << 18


class Truncated(Exception):
    """The XML is not well-formed from some place on; what came before it has been read."""


class Text:
    """The text of an XML file, without its declaration and what stands before that.

    Letters that the declared encoding does not know are replaced: a name that is written wrongly
    costs nobody the recording. ``head``: its begin. Raises CorruptFile for an unknown encoding.
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
            raise CorruptFile(self._unknown()) from exc
        self.head = ""
        while not self.head and (piece := self._piece()):
            self.head = piece.lstrip("\ufeff \t\r\n")
        self.head = DECLARATION.sub("", self.head, count=1)
        self._is_begun = False

    def read(self, _: int = -1) -> bytes:
        """The next piece in UTF-8, nothing at the end: what a parser asks of a file."""
        piece = self._piece() if self._is_begun else self.head or self._piece()
        self._is_begun = True
        # Lone surrogates, as of a damaged UTF-16 file, are no characters.
        return piece.encode("utf-8", "replace")

    def _piece(self) -> str:
        try:
            return self._rest.read(PIECE)
        except (LookupError, ValueError) as exc:
            raise CorruptFile(self._unknown()) from exc

    def _unknown(self) -> str:
        return f"its text has the encoding {self._encoding}, which is unknown"


def elements(text: Text) -> Iterator[tuple[str, "Element"]]:
    """Each element's ``start`` and ``end`` in the order of the text; to be cleared when done with.

    Raises CorruptFile for what is hostile or endless, and Truncated where it is not well-formed.
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
        raise Truncated(f"it is no XML from line {line}, column {column} on") from exc


def local(tag: object) -> str:
    """The name of an element without its namespace."""
    return str(tag).rpartition("}")[2]


def number(words: str | None) -> float | None:
    """A number that was written; None where it is none."""
    try:
        return float(words) if words else None
    except ValueError:
        return None


def moment(words: str | datetime | None) -> float | None:
    """Seconds since 1970 of a time in ISO 8601, without a zone in UTC; None where it is none."""
    try:
        when = datetime.fromisoformat(words.strip()) if isinstance(words, str) else words
        if when is None:
            return None
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
