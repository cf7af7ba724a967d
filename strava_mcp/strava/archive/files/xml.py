"""XML that may be hostile: without document types and entities, and of bounded size."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from strava_mcp.strava.archive.recording import Damaged

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: A day at a sample a second, with every field that is known, is about a million elements.
MOST_ELEMENTS = 1_000_000
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
DECLARATION = re.compile(r"^<\?xml[^>]*\?>")
HEAD_BYTES = 1000


class Truncated(Exception):
    """The XML is not well-formed from some place on; what came before it has been read."""


def text_of(data: bytes) -> str:
    """The text of an XML file, without its declaration and what stands before that.

    Letters that the declared encoding does not know are replaced: a name that is written wrongly
    costs nobody the recording. Raises Damaged for an encoding that is unknown.
    """
    mark = next((mark for mark in BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    encoding = BYTE_ORDER_MARKS.get(mark, "utf-8")
    declared = ENCODING.search(data, 0, HEAD_BYTES)
    if declared and not mark:
        encoding = declared.group(1).decode("ascii")
    try:
        found = data[len(mark) :].decode(encoding, "replace")
    except (LookupError, ValueError) as exc:
        raise Damaged(f"its text has the encoding {encoding}, which is unknown") from exc
    return DECLARATION.sub("", found.lstrip("\ufeff \t\r\n"), count=1)


def elements(content: str) -> Iterator[tuple[str, "Element"]]:
    """Each element's ``start`` and ``end`` in the order of the text; to be cleared when done with.

    Raises Damaged for what is hostile or endless, and Truncated where it is not well-formed.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

    # Lone surrogates, as of a damaged UTF-16 file, are no characters.
    source = BytesIO(content.encode("utf-8", "replace"))
    count = 0
    try:
        for event, element in iterparse(source, ("start", "end"), forbid_dtd=True):
            count += event == "start"
            if count > MOST_ELEMENTS:
                raise Damaged(f"it has more than {MOST_ELEMENTS:,} elements")
            yield event, element
    except DefusedXmlException as exc:
        raise Damaged("it declares a document type, as no recording does") from exc
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
