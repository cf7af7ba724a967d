"""Recordings of devices: FIT, GPX and TCX files, recognized by their content, not by their name.

``gzipped`` decompresses; ``fit``, ``gpx`` and ``tcx`` parse their format into raw sessions (see
``samples``); ``build_recording`` converts these to a ``recording``, the same way for all formats.
"""

import re

from strava_mcp.recordings.recording import CorruptFile, Recording

#: First bytes of other kinds of files, and their names.
OTHER_KINDS = {
    b"PK\x03\x04": "a zip archive",
    b"{": "a JSON file",
    b"[": "a JSON file",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
#: Root elements of other XML files, lowercase, and their names.
OTHER_ROOTS = {"html": "a web page", "kml": "a KML file", "svg": "a picture"}
BLANK = b"\xef\xbb\xbf \t\r\n"
FIT_SIGNATURE, FIT_SIGNATURE_AT = b".FIT", 8
ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")


def read(data: bytes) -> list[Recording]:
    """Parse the sessions of a recording, at least one, in chronological order.

    ``data``: FIT, GPX or TCX, gzipped or not. The readable part of a damaged file is returned, and
    ``problems`` lists what was left out. Raises CorruptFile if nothing is readable.
    """
    from strava_mcp.recordings.build_recording import build_recording
    from strava_mcp.recordings.fit import read as read_fit
    from strava_mcp.recordings.gpx import read as read_gpx
    from strava_mcp.recordings.gzipped import decompress
    from strava_mcp.recordings.tcx import read as read_tcx
    from strava_mcp.recordings.xml import XmlText

    content = decompress(data)
    if content.startswith(FIT_SIGNATURE, FIT_SIGNATURE_AT):
        sessions = read_fit(content)
    else:
        _require_xml(content)
        text = XmlText(content)
        root = ROOT.search(text.head)
        name = root.group(1).lower() if root else ""
        if name == "gpx":
            sessions = read_gpx(text)
        elif name == "trainingcenterdatabase":
            sessions = read_tcx(text)
        else:
            kind = OTHER_ROOTS.get(name, "an XML file of another kind")
            raise CorruptFile(f"it is {kind}, not a recording")
    return [build_recording(session) for session in sessions]


def read_activities(data: bytes) -> list[Recording]:
    """Parse recorded sessions as ``read`` does. Raises CorruptFile for a course as well."""
    recordings = read(data)
    recorded = [recording for recording in recordings if not recording.is_course]
    if not recorded:
        raise CorruptFile("it is a course, not a recording")
    return recorded


def _require_xml(content: bytes) -> None:
    """Raise CorruptFile unless the content looks like XML."""
    head = content.lstrip(BLANK)
    if not head:
        raise CorruptFile("it is empty")
    for signature, kind in OTHER_KINDS.items():
        if head.startswith(signature):
            raise CorruptFile(f"it is {kind}, not a recording")
    if not head.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):
        raise CorruptFile("it is neither FIT nor GPX nor TCX")
