"""Structured logs: one JSON object per line on standard error, with secrets redacted."""

import json
import logging
import re
import sys
import time
from collections.abc import Iterable
from dataclasses import fields

from strava_mcp.config import Config
from strava_mcp.escaping import escape
from strava_mcp.json_types import JSON

#: Patterns redacted from every log line: our tokens and Authorization values.
SECRET_PATTERNS = re.compile(
    r"smcp_[a-z]+_[A-Za-z0-9_-]{20,}|(?i:\b(?:bearer|basic)\s+)[^\s\"',;]+"
)
HIDDEN = "[hidden]"
#: Strings in ``extra`` often come from clients; longer ones are truncated.
MAX_VALUE_LENGTH = 200
ENCODER = json.JSONEncoder(ensure_ascii=False)

#: Attributes of every LogRecord; all others come from ``extra``.
STANDARD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
}


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON, redacting ``secrets`` and whatever matches SECRET_PATTERNS.

    Each value is redacted before it is encoded: JSON's escapes could hide a secret (``\\nsecret``),
    and a redacted escape could break the line.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        forms = {form for s in secrets if len(s) >= 8 for form in (s, json.dumps(s)[1:-1])}
        patterns = sorted(map(re.escape, forms), key=len, reverse=True)
        self._secrets = re.compile("|".join(patterns)) if patterns else None

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, in which nothing acts on a terminal or hides."""
        line: JSON = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.redact(record.getMessage()),
        }
        line |= {
            name: self._plain(v)
            for name, v in vars(record).items()
            if name not in STANDARD_ATTRIBUTES
        }
        if record.exc_info:
            line["exception"] = self.redact(self.formatException(record.exc_info))
        return escape(ENCODER.encode(line))

    def redact(self, text: str) -> str:
        """Replace the secrets in a text."""
        text = SECRET_PATTERNS.sub(HIDDEN, text)
        return self._secrets.sub(HIDDEN, text) if self._secrets else text

    def _plain(self, value: object) -> object:
        """Convert a value to JSON types. Truncates last: half a secret would not be recognized."""
        if isinstance(value, str):
            return self.redact(value)[:MAX_VALUE_LENGTH]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, dict):
            return {str(key): self._plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._plain(item) for item in value]
        return self.redact(str(value))[:MAX_VALUE_LENGTH]


class StandardError(logging.Handler):
    """Writes lines to the current ``sys.stderr``."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; failures to write never fail a request."""
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


def secrets_of(config: Config) -> list[str]:
    """The values of all settings that are declared secret."""
    values = [getattr(config, item.name) for item in fields(config) if item.metadata["secret"]]
    texts = [text for value in values for text in (value if isinstance(value, tuple) else (value,))]
    # During a rotation a setting holds a new and an old value, with a comma between them.
    return [part for text in texts if isinstance(text, str) for part in text.split(",") if part]


def install(config: Config) -> None:
    """Send all logs of the process through the formatter to standard error.

    Werkzeug's request lines, which contain query strings, are replaced by our access log.
    """
    handler = StandardError()
    handler.setFormatter(JsonFormatter(secrets_of(config)))
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h, StandardError)]:
        root.removeHandler(old)
    if config.lambda_function:  # AWS installs a handler that would log everything twice
        root.handlers.clear()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("strava_mcp").setLevel(config.log_level.upper())
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
