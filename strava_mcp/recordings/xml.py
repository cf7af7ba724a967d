"""Parsing untrusted XML: no document types, no entities, bounded size and depth.

Elements are handled one by one and never kept: no tree of a long recording is in memory.
"""

from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, property_interning_dict
from xml.sax.xmlreader import AttributesImpl

from strava_mcp.recordings import limits
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.recordings.xml_text import XmlText

#: A day of TCX at one sample per second with all known fields has 1.2 million elements.
MAX_ELEMENTS = 1_500_000
#: Extensions of extensions of a trackpoint are 10 deep.
MAX_DEPTH = 50
#: Parts of a text, of up to 8,192 characters each; longer text is not a name, a number or a time,
#: and its rest is ignored.
MAX_TEXT_PARTS = 100
#: Different names of elements and attributes, which the parser keeps, and their length.
MAX_NAMES, MAX_NAME_LENGTH = 10_000, 1000
#: Parts of the text, of 260,000 characters, that one tag or comment may take.
MAX_PARTS_PER_TOKEN = 4


class Reader(ContentHandler):
    """Base of the readers of a format: gets the begin and end of each element, in document order.

    Namespaces are ignored, since programs use different ones, and prefixes that they do not
    declare: names are local ones. ``path``: the names of the open elements. ``samples``: how many
    the file has, of which the first MAX_SAMPLES are read.
    """

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str] = []
        self.samples = 0
        self._text: list[str] = []
        self._count = 0

    def begin(self, name: str, attributes: AttributesImpl) -> None:
        """Process the begin of an element, the last one of ``path``."""
        raise NotImplementedError

    def end(self, name: str, text: str) -> None:
        """Process the end of an element, still the last one of ``path``."""
        raise NotImplementedError

    def take_sample(self) -> bool:
        """Count a sample; return whether it is to be read."""
        self.samples += 1
        return self.samples <= limits.MAX_SAMPLES

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        """Take the begin of an element (SAX)."""
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise CorruptFile(f"it has more than {MAX_ELEMENTS:,} elements")
        if len(self.path) >= MAX_DEPTH:
            raise CorruptFile(f"its elements are nested more than {MAX_DEPTH} deep")
        local = name.rpartition(":")[2]
        self.path.append(local)
        self._text.clear()
        self.begin(local, attrs)

    def characters(self, content: str) -> None:
        """Take a part of an element's text (SAX)."""
        if len(self._text) < MAX_TEXT_PARTS:
            self._text.append(content)

    def endElement(self, name: str) -> None:
        """Take the end of an element (SAX)."""
        text = "".join(self._text)[: limits.MAX_TEXT_LENGTH].strip()
        self._text.clear()
        self.end(self.path[-1], text)
        self.path.pop()


def parse(text: XmlText, reader: Reader) -> str | None:
    """Pass all elements to the reader.

    Returns where the text stops being well-formed; the elements before were passed. Raises
    CorruptFile if it is hostile or too long.
    """
    from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]

    names: dict[str, str] = {}
    parser = _parser()
    parser.setProperty(property_interning_dict, names)
    parser.setContentHandler(reader)
    position, standing = None, 0
    try:
        while part := text.read():
            parser.feed(part)
            _check_names(names)
            before, position = position, (parser.getLineNumber(), parser.getColumnNumber())
            standing = standing + 1 if position == before else 0
            if standing > MAX_PARTS_PER_TOKEN:
                raise CorruptFile("it has a tag or comment that is longer than any recording's")
        parser.close()
    except DefusedXmlException as exc:
        raise CorruptFile("it declares a document type, as no recording does") from exc
    except SAXParseException as exc:
        return f"it is not XML from line {exc.getLineNumber()}, column {exc.getColumnNumber()} on"
    return None


def _parser() -> Any:
    """Make a parser whose calls of the reader are few, whatever the text consists of.

    Otherwise each line of a text and each processing instruction would be a call.
    """
    from defusedxml.expatreader import DefusedExpatParser  # type: ignore[import-untyped]

    class Parser(DefusedExpatParser):  # type: ignore[misc]
        def reset(self) -> None:
            super().reset()
            self._parser.buffer_text = True
            self._parser.ProcessingInstructionHandler = None

    return Parser(forbid_dtd=True)


def _check_names(names: dict[str, str]) -> None:
    """Raise CorruptFile if the names of elements and attributes are too many or too long."""
    if len(names) > MAX_NAMES or max(map(len, names), default=0) > MAX_NAME_LENGTH:
        raise CorruptFile("its elements have more or longer names than those of any recording")
