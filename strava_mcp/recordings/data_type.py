"""Which of the formats that Strava accepts a file has (API v3, createUpload: ``data_type``)."""

GZIP = b"\x1f\x8b"
BLANK = b"\xef\xbb\xbf \t\r\n"
#: Characters of a file in which its root element stands.
HEAD = 4096
ROOTS = {b"<gpx": "gpx", b"<trainingcenterdatabase": "tcx"}


def data_type_of(content: bytes, name: str) -> str | None:
    """``fit``, ``gpx`` or ``tcx`` by its content; None for anything else.

    A gzipped file has the format that ends its ``name``: ``fit.gz``.
    """
    if content[:2] == GZIP:
        ending = name.lower().removesuffix(".gz").rpartition(".")[2]
        return f"{ending}.gz" if ending in ("fit", "gpx", "tcx") else None
    if content[8:12] == b".FIT":
        return "fit"
    head = content[:HEAD].lstrip(BLANK).lower()
    if not head.startswith(b"<"):
        return None
    return next((kind for root, kind in ROOTS.items() if root in head), None)
