"""Reads a response of Strava within bounds: its size, and the time until its last byte."""

import time

import requests

from strava_mcp.errors import Unavailable

#: A recording of five days, every second and with all streams, has about 30 MB.
MAX_RESPONSE_BYTES = 32 << 20
CHUNK_BYTES = 1 << 16


def read_body(response: requests.Response, max_s: float, advice: str) -> None:
    """Read the body of a streamed response, which has it as ``content`` from then on.

    ``max_s``: seconds for the whole body; the timeout of ``requests`` is for each read of the
    socket. ``advice``: what to do after an error. Raises Unavailable if the body is too long or
    takes too long, and the exceptions of ``requests``.
    """
    deadline = time.monotonic() + max_s
    body = bytearray()
    with response:
        for chunk in response.iter_content(CHUNK_BYTES):
            body += chunk
            if len(body) > MAX_RESPONSE_BYTES:
                size_mb = MAX_RESPONSE_BYTES >> 20
                raise Unavailable(f"Strava's response is longer than {size_mb} MB. {advice}")
            if time.monotonic() > deadline:
                raise Unavailable(f"Strava's response took longer than {max_s} s. {advice}")
    response._content = bytes(body)  # as ``Response.content`` does, which has no bounds
