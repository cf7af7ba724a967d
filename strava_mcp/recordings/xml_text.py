"""Decoding the text of an XML file, and mending faults that many programs make in it.

It is decoded in chunks: the GPX file of a day has 50 MB and is not in memory twice.
"""

import html
import re
from io import BytesIO, TextIOWrapper
from xml.sax.saxutils import escape

from strava_mcp.recordings.recording import CorruptFile

#: First bytes of an encoding: its mark, or a start tag in UTF-16 without one.
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
UNMARKED = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
#: Encodings that programs write. Others of Python's take a time that grows with the square of the
#: text (punycode), or are not encodings of a text.
KNOWN_ENCODINGS = re.compile(
    r"utf[-_]?8|us-ascii|ascii|latin|l\d|iso[-_]?8859|iso[-_]ir|windows-?\d|cp\d|ibm\d|x?-?mac|koi8"
    r"|gb|hz|big5|shift[-_]?jis|sjis|ms932|euc|iso-?2022|johab|tis-?620",
    re.IGNORECASE,
)
#: Programs declare these and write UTF-8: a declaration that is readable byte by byte is not in
#: UTF-16.
TWO_BYTES = re.compile(r"utf-?(16|32)|ucs-?[24]", re.IGNORECASE)
DECLARATION = re.compile(r"^<\?xml[^>]*\?>")
#: Where a recording begins: some programs write a second mark or a line of text before.
BEGIN = re.compile(r"<\?xml|<(?:[\w.-]+:)?(?:gpx|TrainingCenterDatabase)\b", re.IGNORECASE)
HEAD_BYTES = 1000
#: Characters decoded at a time.
CHUNK_CHARACTERS = 1 << 18
#: Characters that XML 1.0 does not allow (2.2, Char).
INVALID = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: A reference, or a bare ampersand.
REFERENCE = re.compile(r"&(?:(#\d{1,7}|#x[\da-fA-F]{1,6}|\w{2,31});)?")
XML_ENTITIES = ("amp", "lt", "gt", "quot", "apos")
CDATA_BEGIN, CDATA_END = "<![CDATA[", "]]>"
#: References, and marks of CDATA sections. Names and descriptions have a few; each is mended on its
#: own.
MAX_REFERENCES = 1_000_000
#: Longest text whose meaning depends on what follows: a chunk does not end within it.
MAX_LOOKAHEAD = 40


class XmlText:
    """The text of an XML file, from the end of its declaration on.

    Bytes that are invalid in the declared encoding, and characters that are invalid in XML, are
    replaced, so that a damaged name does not make a recording unreadable. Bare ampersands are
    escaped, and entities of HTML expanded. ``head``: the first characters. Raises CorruptFile if
    the encoding is unknown.
    """

    def __init__(self, data: bytes) -> None:
        self._encoding = _encoding(data)
        if not KNOWN_ENCODINGS.match(self._encoding) and not TWO_BYTES.match(self._encoding):
            raise CorruptFile(self._unknown_encoding())
        try:
            self._rest = TextIOWrapper(BytesIO(data), self._encoding, "replace", newline="")
        except (LookupError, ValueError) as exc:
            raise CorruptFile(self._unknown_encoding()) from exc
        self.head = ""
        while not self.head and (chunk := self._chunk()):
            self.head = chunk.lstrip("\ufeff \t\r\n")
        if not self.head.startswith("<") and (begin := BEGIN.search(self.head, 0, HEAD_BYTES)):
            self.head = self.head[begin.start() :]
        self.head = DECLARATION.sub("", self.head, count=1)
        self._carried, self._is_at_head, self._is_cdata = "", True, False
        self._references = 0

    def read(self) -> bytes:
        """Return the next part in UTF-8, empty at the end."""
        while True:
            chunk = self.head if self._is_at_head else self._chunk()
            self._is_at_head = False
            text = self._carried + chunk
            end = _end_of_whole(text) if chunk else len(text)
            self._carried = text[end:]
            if end or not chunk:
                return self._mend(text[:end]).encode("utf-8")

    def _mend(self, text: str) -> str:
        """Replace invalid characters, and mend references outside of CDATA sections."""
        text = INVALID.sub("\ufffd", text)
        if "&" not in text and CDATA_BEGIN not in text and not self._is_cdata:
            return text
        mended, at = [], 0
        while at < len(text):
            mark = CDATA_END if self._is_cdata else CDATA_BEGIN
            mark_at = text.find(mark, at)
            end = len(text) if mark_at < 0 else mark_at + len(mark)
            mended.append(text[at:end] if self._is_cdata else self._with_references(text[at:end]))
            self._is_cdata ^= mark_at >= 0
            self._count(int(mark_at >= 0))
            at = end
        return "".join(mended)

    def _with_references(self, text: str) -> str:
        mended, count = REFERENCE.subn(_reference, text)
        self._count(count)
        return mended

    def _count(self, references: int) -> None:
        """Count references and marks of CDATA sections. Raises CorruptFile."""
        self._references += references
        if self._references > MAX_REFERENCES:
            raise CorruptFile(
                f"it has more than {MAX_REFERENCES:,} references such as &amp; and marks of CDATA"
            )

    def _chunk(self) -> str:
        try:
            return self._rest.read(CHUNK_CHARACTERS)
        except (LookupError, ValueError) as exc:
            raise CorruptFile(self._unknown_encoding()) from exc

    def _unknown_encoding(self) -> str:
        return f"its text has the encoding {self._encoding}, which is not read: save it as UTF-8"


def _encoding(data: bytes) -> str:
    """Return the encoding that the first bytes show, or else the declared one."""
    for marks in (BYTE_ORDER_MARKS, UNMARKED):
        for mark, encoding in marks.items():
            if data.startswith(mark):
                return encoding
    declared = ENCODING.search(data, 0, HEAD_BYTES)
    name = declared.group(1).decode("ascii") if declared else "utf-8"
    return "utf-8" if TWO_BYTES.match(name) else name


def _reference(match: re.Match[str]) -> str:
    """Return a reference that XML allows without a document type."""
    if match[1] in XML_ENTITIES:
        return match[0]
    text = html.unescape(match[0])
    return (
        match[0].replace("&", "&amp;") if text == match[0] else escape(INVALID.sub("\ufffd", text))
    )


def _end_of_whole(text: str) -> int:
    """Return where a reference or a mark of CDATA may begin that the text does not complete."""
    tail = max(0, len(text) - MAX_LOOKAHEAD)
    begins = (text.find(character, tail) for character in "&<]")
    return min((begin for begin in begins if begin >= 0), default=len(text))
