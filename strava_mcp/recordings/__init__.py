"""Recordings of devices: FIT, GPX and TCX, each told by what is in it and not by its name.

``gzipped`` expands; ``fit``, ``gpx`` and ``tcx`` make raw sessions (``samples``) of their format;
``build_recording`` makes recordings of those, one way for all three.
"""

import re

from strava_mcp.recordings.recording import CorruptFile, Recording

#: Marks to tell other kinds of files by, and what they are called.
OTHERS = {
    b"PK\x03\x04": "a zip archive",
    b"{": "a JSON file",
    b"[": "a JSON file",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
#: Root elements, in lower case.
ROOTS = {"html": "a web page", "kml": "a KML file", "svg": "a picture"}
BLANK = b"\xef\xbb\xbf \t\r\n"
FIT_MARK, FIT_MARK_AT = b".FIT", 8
ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")


def read(data: bytes) -> list[Recording]:
    """The sessions of a recording, at least one, in the order of time.

    ``data``: FIT, GPX or TCX, as it is or gzipped. What a damaged file still tells is kept, and
    ``problems`` of the recording says what is not. Raises CorruptFile where it tells nothing.
    """
    from strava_mcp.recordings.build_recording import build_recording
    from strava_mcp.recordings.fit import read as sessions_of_fit
    from strava_mcp.recordings.gpx import read as sessions_of_gpx
    from strava_mcp.recordings.gzipped import expanded
    from strava_mcp.recordings.tcx import read as sessions_of_tcx
    from strava_mcp.recordings.xml import Text

    content = expanded(data)
    if content[FIT_MARK_AT : FIT_MARK_AT + len(FIT_MARK)] == FIT_MARK:
        sessions = sessions_of_fit(content)
    else:
        _refuse(content)
        text = Text(content)
        root = ROOT.search(text.head)
        name = root.group(1).lower() if root else ""
        if name == "gpx":
            sessions = sessions_of_gpx(text)
        elif name == "trainingcenterdatabase":
            sessions = sessions_of_tcx(text)
        else:
            kind = ROOTS.get(name, "an XML file of another kind")
            raise CorruptFile(f"it is {kind}, not a recording")
    return [build_recording(session) for session in sessions]


def _refuse(content: bytes) -> None:
    """Raise CorruptFile for what is not even XML."""
    begin = content.lstrip(BLANK)
    if not begin:
        raise CorruptFile("it is empty")
    for mark, kind in OTHERS.items():
        if begin.startswith(mark):
            raise CorruptFile(f"it is {kind}, not a recording")
    if not begin.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):
        raise CorruptFile("it is neither FIT nor GPX nor TCX")
