"""The exceptions of the package; every one says what happened and what to do.

::

    StravaMcpError
    ├── ConfigError               settings that cannot be served with
    ├── StoreError                the store did not answer
    ├── InsufficientScope         the caller's token may not do this
    ├── InvalidArguments          arguments that do not fit a tool's schema
    ├── ToolError                 a tool cannot do what was asked
    ├── NotAdmitted               an athlete has no access to this server
    └── SourceError               a door to the athlete's data said no
        ├── NotConnected          no credentials, or Strava no longer accepts them
        ├── WrongApplication      Strava does not know the API application, or it is inactive
        ├── TooManyAthletes       the application may have no more athletes connected
        ├── NeedsSubscription     only athletes who pay for Strava have this
        ├── MissingScope          the athlete did not grant what this needs
        ├── NotFound              no such thing, or not visible to this athlete
        ├── Refused               Strava will not accept the request as it is
        ├── Retired               Strava has withdrawn the endpoint
        ├── NotSupported          this source cannot know or do it
        ├── RateLimited           a limit is used up until a known moment
        └── Unavailable           Strava is down, slow, or answers nonsense
            └── Maintenance       Strava says that it is being worked on

Protocol errors (JSON-RPC codes) live in ``protocol.jsonrpc``: they have a wire of their own.
"""

from collections.abc import Mapping, Sequence


class StravaMcpError(Exception):
    """Root of the tree. ``str(error)`` is meant for a person and never holds a secret."""


class ConfigError(StravaMcpError):
    """One or more settings are wrong.

    ``problems``: one line each, naming the setting, what was found and what is allowed.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class StoreError(StravaMcpError):
    """The store could not be read or written; what was asked for did not happen."""


class InsufficientScope(StravaMcpError):
    """The caller is known, but was not granted ``scope``."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs the scope {scope}, which the token was not granted.")
        self.scope = scope


class InvalidArguments(StravaMcpError):
    """Arguments do not fit the tool's schema.

    ``fields``: argument name → what was wrong and what is allowed.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in fields.items()))
        self.fields = dict(fields)


class ToolError(StravaMcpError):
    """A tool cannot do what was asked; the text is for the model and its user."""


class NotAdmitted(StravaMcpError):
    """The athlete who signed in at Strava has no access to this server."""

    def __init__(self, athlete_id: int) -> None:
        super().__init__(
            f"Athlete {athlete_id} has no access to this server. Its owner can give it by adding "
            "that number to ALLOWED_ATHLETES."
        )
        self.athlete_id = athlete_id


class SourceError(StravaMcpError):
    """The source of the athlete's data could not answer."""


class NotConnected(SourceError):
    """There are no Strava credentials, or Strava no longer accepts them."""


class WrongApplication(SourceError):
    """Strava does not know the API application of the settings, or says that it is inactive."""


class TooManyAthletes(SourceError):
    """The API application may have no more athletes connected: a new one may have one."""


class NeedsSubscription(SourceError):
    """Only athletes with Strava's paid subscription have this."""


class MissingScope(SourceError):
    """The athlete did not grant the Strava scope that this needs."""


class NotFound(SourceError):
    """No such thing, or not visible to this athlete."""


class Refused(SourceError):
    """The source understood the request and will not accept it as it is."""


class Retired(SourceError):
    """Strava has withdrawn this endpoint."""


class NotSupported(SourceError):
    """This source cannot know or do what was asked."""


class RateLimited(SourceError):
    """A rate limit is used up.

    ``retry_after_s``: seconds until the limit resets.
    """

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unavailable(SourceError):
    """The source is down, too slow, or answered something that is not an answer."""


class Maintenance(Unavailable):
    """Strava says that it is being worked on."""
