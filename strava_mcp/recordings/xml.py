"""Parsing untrusted XML: no document types, no entities, bounded size and depth.

Elements are handled one by one and never kept: no tree of a long recording is in memory.
"""

from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.recordings.xml_text import XmlText

#: A day of TCX at one sample per second with all known fields has 1.2 million elements.
MAX_ELEMENTS = 1_500_000
#: Extensions of extensions of a trackpoint are 10 deep.
MAX_DEPTH = 50
#: Longer text is not a name, a number or a time; its rest is ignored.
MAX_TEXT_PARTS = 100


class Reader(ContentHandler):
    """Base of the readers of a format: gets the begin and end of each element, in document order.

    Namespaces are ignored, since programs use different ones, and prefixes that they do not
    declare: names are local ones. ``path``: the names of the open elements.
    """

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str] = []
        self._text: list[str] = []
        self._count = 0

    def begin(self, name: str, attributes: AttributesImpl) -> None:
        """Process the begin of an element, the last one of ``path``."""
        raise NotImplementedError

    def end(self, name: str, text: str) -> None:
        """Process the end of an element, still the last one of ``path``."""
        raise NotImplementedError

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
        text = "".join(self._text).strip()
        self._text.clear()
        self.end(self.path[-1], text)
        self.path.pop()


def parse(text: XmlText, reader: Reader) -> str | None:
    """Pass all elements to the reader.

    Returns where the text stops being well-formed; the elements before were passed. Raises
    CorruptFile if it is hostile or too long.
    """
    from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.expatreader import DefusedExpatParser  # type: ignore[import-untyped]

    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(reader)
    try:
        while part := text.read():
            parser.feed(part)
        parser.close()
    except DefusedXmlException as exc:
        raise CorruptFile("it declares a document type, as no recording does") from exc
    except SAXParseException as exc:
        return f"it is not XML from line {exc.getLineNumber()}, column {exc.getColumnNumber()} on"
    return None
