"""Structured logs: one JSON object a line on standard error, and no secret in any of them."""

import json
import logging
import re
import sys
import time
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from strava_mcp.config import Config

#: Whatever looks like a credential, whoever logs it: our own tokens, and Authorization values.
SHAPES = re.compile(r"smcp_[a-z]+_[A-Za-z0-9_-]{20,}|(?i:\b(?:bearer|basic)\s+)[^\s\"',;]+")
HIDDEN = "[hidden]"
#: Texts given as ``extra`` often come from clients; what is longer is cut.
MAX_VALUE_LENGTH = 200
ENCODER = json.JSONEncoder(ensure_ascii=False)

#: What every LogRecord has; anything else was given as ``extra``.
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """A record as JSON, with the known secrets and everything shaped like one taken out.

    They are taken out of each text before it is encoded: in JSON a line break is ``\\n``, which
    hides the word behind it, and taking out half of a ``\\"`` would break the line.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        spelled = {form for s in secrets if len(s) >= 8 for form in (s, json.dumps(s)[1:-1])}
        known = sorted((re.escape(form) for form in spelled), key=len, reverse=True)
        self._secrets = re.compile("|".join(known)) if known else None

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.redact(record.getMessage()),
        }
        line |= {name: self._plain(v) for name, v in vars(record).items() if name not in STANDARD}
        if record.exc_info:
            line["exception"] = self.redact(self.formatException(record.exc_info))
        return ENCODER.encode(line)

    def redact(self, text: str) -> str:
        """Take the secrets out of a text."""
        text = SHAPES.sub(HIDDEN, text)
        return self._secrets.sub(HIDDEN, text) if self._secrets else text

    def _plain(self, value: Any) -> Any:
        """A value as JSON has it. Cut last: half a secret would not be known as one."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict):
            return {str(key): self._plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._plain(item) for item in value]
        return self.redact(str(value))[:MAX_VALUE_LENGTH]


class StandardError(logging.Handler):
    """Writes lines to whatever standard error is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; a log that cannot be written never stops a request."""
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


def secrets_of(config: Config) -> list[str]:
    """Every value of a setting that is declared secret."""
    found = [getattr(config, item.name) for item in fields(config) if item.metadata["secret"]]
    several = [value if isinstance(value, tuple) else (value,) for value in found]
    return [one for values in several for one in values if isinstance(one, str)]


def install(config: Config) -> None:
    """Send every log of the process through the formatter, to standard error.

    Werkzeug's development server logs request lines with their query strings, which our own line
    a request replaces.
    """
    handler = StandardError()
    handler.setFormatter(JsonFormatter(secrets_of(config)))
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h, StandardError)]:
        root.removeHandler(old)
    if config.lambda_function:  # AWS puts a handler of its own there, which would say all twice
        root.handlers.clear()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("strava_mcp").setLevel(config.log_level.upper())
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
