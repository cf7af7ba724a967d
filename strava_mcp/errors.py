"""The exceptions of the package; their messages say what happened and what to do.

::

    StravaMcpError
    ├── ConfigError               one or more settings are invalid
    ├── StoreError                the store failed
    ├── InsufficientScope         the caller's token lacks a scope
    ├── InvalidArguments          arguments do not match a tool's schema
    ├── ToolError                 a tool cannot do what was requested
    ├── NotAdmitted               the athlete has no access to this server
    └── SourceError               the data source could not answer
        ├── NotConnected          no credentials, or Strava no longer accepts them
        ├── WrongApplication      Strava does not know the API application, or it is inactive
        ├── TooManyAthletes       the application has reached its limit of connected athletes
        ├── NeedsSubscription     requires Strava's paid subscription
        ├── MissingScope          the athlete did not grant the Strava scope
        ├── NotFound              does not exist, or is not visible to this athlete
        ├── Refused               the source does not accept the request as it is
        ├── Retired               Strava has withdrawn the endpoint
        ├── NotSupported          this source does not have or cannot do it
        ├── RateLimited           a rate limit is used up
        │   └── ReadsUsedUp       one answer has sent as many requests as it may
        └── Unavailable           Strava is down, slow, or returned an invalid response
            └── Maintenance       Strava is down for maintenance

JSON-RPC errors are in ``protocol.jsonrpc``; exceptions of libraries are translated by
``library_errors``.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager


class StravaMcpError(Exception):
    """Base class. ``str(error)`` is meant for a person and never contains a secret."""


class ConfigError(StravaMcpError):
    """One or more settings are invalid.

    ``problems``: one line per setting, with its name, its value and what is allowed.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class StoreError(StravaMcpError):
    """The store could not be read or written; nothing was changed."""


class InsufficientScope(StravaMcpError):
    """The caller's token is valid but lacks a scope that its client can ask for.

    ``challenge``: the value of ``WWW-Authenticate`` that asks for it.
    """

    def __init__(self, message: str, challenge: str) -> None:
        super().__init__(message)
        self.challenge = challenge


class InvalidArguments(StravaMcpError):
    """Arguments do not match the tool's schema.

    ``fields``: argument name → what is wrong and what is allowed.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in fields.items()))
        self.fields = dict(fields)


@contextmanager
def errors_of_argument(name: str) -> Iterator[None]:
    """Raise a ValueError of the block as InvalidArguments, with its text for this argument."""
    try:
        yield
    except ValueError as exc:
        raise InvalidArguments({name: str(exc)}) from exc


class ToolError(StravaMcpError):
    """A tool cannot do what was requested; the message is for the model and its user."""


class NotAdmitted(StravaMcpError):
    """The athlete who signed in at Strava has no access to this server."""

    def __init__(self, athlete_id: int) -> None:
        super().__init__(
            f"Athlete {athlete_id} has no access to this server. Its owner can give it by adding "
            "that number to ALLOWED_ATHLETES."
        )
        self.athlete_id = athlete_id


class SourceError(StravaMcpError):
    """The data source could not answer."""


class NotConnected(SourceError):
    """There are no Strava credentials, or Strava no longer accepts them."""


class WrongApplication(SourceError):
    """Strava does not know the configured API application, or it is inactive."""


class TooManyAthletes(SourceError):
    """The API application has reached its limit of connected athletes: one if it is new."""


class NeedsSubscription(SourceError):
    """This requires Strava's paid subscription."""


class MissingScope(SourceError):
    """The athlete did not grant the Strava scope that this requires."""


class NotFound(SourceError):
    """It does not exist, or is not visible to this athlete."""


class Refused(SourceError):
    """The source understood the request but does not accept it as it is."""


class Retired(SourceError):
    """Strava has withdrawn this endpoint."""


class NotSupported(SourceError):
    """This source does not have, or cannot do, what was requested."""


class RateLimited(SourceError):
    """A rate limit is used up.

    ``retry_after_s``: seconds until the limit resets.
    """

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ReadsUsedUp(RateLimited):
    """One answer has sent as many requests as it may, or for long enough; the next can go on."""

    def __init__(self, message: str) -> None:
        super().__init__(message, 0)


class Unavailable(SourceError):
    """The source is down, too slow, or returned an invalid response."""


class Maintenance(Unavailable):
    """Strava is down for maintenance."""
