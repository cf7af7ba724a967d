"""OAuth requests as Authlib reads them, and the check that their parameters are well-formed."""

from collections.abc import Iterable, Mapping

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Payload

from strava_mcp.oauth import scopes

MAX_PARAMETER_LENGTH = 2048
#: The only parameter that may be repeated (RFC 8707 §2).
REPEATABLE = "resource"


class Payload(OAuth2Payload):
    """The parameters of a request, from its query or its form, never from both."""

    def __init__(self, parameters: Mapping[str, list[str]]) -> None:
        # A parameter without a value is treated as omitted (RFC 6749 §3.1).
        nonempty = {name: [v for v in values if v] for name, values in parameters.items()}
        self._datalist = {name: values for name, values in nonempty.items() if values}
        self._data = {name: values[0] for name, values in self._datalist.items()}

    @property
    def data(self) -> dict[str, str]:
        """The first value of each parameter."""
        return self._data

    @property
    def datalist(self) -> dict[str, list[str]]:
        """Every value of each parameter."""
        return self._datalist

    @property
    def scope(self) -> str | None:
        """The scope in canonical form; None if none is given."""
        return scopes.canonical(self.data.get("scope")) or None


class Request(OAuth2Request):
    """A request for Authlib. ``issuer``: the server's URL as this client knows it."""

    def __init__(
        self,
        method: str,
        issuer: str,
        path: str,
        parameters: Mapping[str, list[str]],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(method, issuer + path, headers=headers)
        self.issuer = issuer
        self.payload = Payload(parameters)

    @property
    def args(self) -> Mapping[str, str]:
        """The parameters."""
        return self.payload.data

    @property
    def form(self) -> Mapping[str, str]:
        """The parameters."""
        return self.payload.data


def check_parameters(payload: Payload, names: Iterable[str] | None = None) -> None:
    """Raise InvalidRequestError for parameters that are repeated, too long or not ASCII.

    ``names``: which parameters to check; all by default. RFC 6749 §3.1, §3.2 and Appendix A.
    """
    for name in payload.datalist if names is None else names:
        if not is_well_formed(payload, name):
            raise InvalidRequestError(
                f"A parameter is repeated, too long, or has forbidden characters{_label(name)}."
            )


def is_well_formed(payload: Payload, name: str) -> bool:
    """Whether one parameter is given once, is short enough, and is printable ASCII."""
    values = payload.datalist.get(name, [])
    # Authlib repeats these two in error descriptions, which must not contain quotes.
    forbidden = {'"', "\\"} if name in ("response_type", "grant_type") else set()
    return (len(values) < 2 or name == REPEATABLE) and all(
        len(value) <= MAX_PARAMETER_LENGTH
        and value.isascii()
        and value.isprintable()
        and not forbidden & set(value)
        for value in values
    )


def _label(name: str) -> str:
    return f": {name}" if name.isidentifier() and name.isascii() and len(name) < 40 else ""
