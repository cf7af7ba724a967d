"""Recordings of devices: FIT, GPX and TCX files, recognized by their content, not by their name.

``gzipped`` decompresses; ``fit``, ``gpx`` and ``tcx`` parse their format into raw sessions (see
``samples``); ``build_recording`` converts these to a ``recording``, the same way for all formats.
The modules ``fit_…`` are the parts of ``fit``, ``xml…`` those of ``gpx`` and ``tcx``. ``limits``
bounds what is read of a file. What devices get wrong is mended or left out by ``chronology``,
``clock_jumps``, ``placeholders``, ``distance``, ``extent`` and ``bounds``; ``left_out`` says so.
``write`` writes a recording again.
"""

import re
from typing import TYPE_CHECKING

from strava_mcp.recordings.recording import CorruptFile, Recording, reading_errors

if TYPE_CHECKING:
    from strava_mcp.recordings.samples import Session

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
    ``problems`` lists what was left out. Raises CorruptFile if nothing is readable, OutOfMemory if
    there is not enough memory.
    """
    with reading_errors():
        return _read(data)


def _read(data: bytes) -> list[Recording]:
    """Parse the sessions of a recording."""
    from strava_mcp.recordings.build_recording import build_recording
    from strava_mcp.recordings.fit import read as read_fit
    from strava_mcp.recordings.gzipped import decompress

    content, damage = decompress(data)
    try:
        is_fit = content.startswith(FIT_SIGNATURE, FIT_SIGNATURE_AT)
        sessions = read_fit(content) if is_fit else _read_xml(content)
    except CorruptFile as exc:
        raise CorruptFile(f"{damage}; {exc}") if damage else exc
    if damage:
        sessions[-1].problems.insert(0, f"{damage}; what follows is left out")
    return [build_recording(session) for session in sessions]


def read_activities(data: bytes) -> list[Recording]:
    """Parse recorded sessions as ``read`` does. Raises CorruptFile for a course as well."""
    recordings = read(data)
    recorded = [recording for recording in recordings if not recording.is_course]
    if not recorded:
        raise CorruptFile("it is a course, not a recording")
    return recorded


def _read_xml(content: bytes) -> "list[Session]":
    """Parse a GPX or TCX file. Raises CorruptFile, with the kind of another file."""
    from strava_mcp.recordings.gpx import read as read_gpx
    from strava_mcp.recordings.tcx import read as read_tcx
    from strava_mcp.recordings.xml_text import XmlText

    head = content.lstrip(BLANK)
    if not head:
        raise CorruptFile("it is empty")
    for signature, kind in OTHER_KINDS.items():
        if head.startswith(signature):
            raise CorruptFile(f"it is {kind}, not a recording")
    text = XmlText(content)
    root = ROOT.match(text.head) or ROOT.search(text.head)
    name = root.group(1).lower() if root else ""
    if name == "gpx":
        return read_gpx(text)
    if name == "trainingcenterdatabase":
        return read_tcx(text)
    if not text.head.startswith("<"):
        raise CorruptFile("it is neither FIT nor GPX nor TCX")
    raise CorruptFile(
        f"it is {OTHER_ROOTS.get(name, 'an XML file of another kind')}, not a recording"
    )
