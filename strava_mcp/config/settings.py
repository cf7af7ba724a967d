"""The settings of the server: loaded, checked, and completed with generated secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from strava_mcp import data_folder
from strava_mcp.config import environment
from strava_mcp.config.combinations import combination_problems
from strava_mcp.config.declarations import Setting, Settings
from strava_mcp.config.parsers import bearer_tokens
from strava_mcp.errors import ConfigError

#: The file of the data folder with the generated AUTH_TOKEN.
TOKEN_FILE = "auth_token"


@dataclass(frozen=True, kw_only=True)
class Config(Settings):
    """The settings of one server. ``Config()`` has the defaults."""

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read and check every setting.

        ``environ`` replaces the environment, ``.env`` and what the data folder remembers. An empty
        value counts as unset. Raises ConfigError with every problem at once.
        """
        problems: list[str] = []
        raw = environment.merged(environment.places(environ, problems))
        values: dict[str, Any] = {}
        for key, item in settings_by_field().items():
            text = raw.get(item.name, "").strip()
            if not text:
                continue
            try:
                values[key] = item.parse(text)
            except ValueError as exc:
                problems.append(f"{item.name} {exc}; found {_shown(text, item.secret)}.")
        problems += combination_problems(values)
        if problems:
            raise ConfigError(problems)
        return cls(**values)

    @property
    def base_url(self) -> str:
        """PUBLIC_URL, or the default address of ``flask run``."""
        return self.public_url or "http://127.0.0.1:5000"

    @property
    def store_address(self) -> str:
        """STORE_URL, or the URL of the SQLite file in the data folder."""
        return self.store_url or f"sqlite://{self.home.absolute() / 'store.db'}"

    def with_generated_secrets(self) -> "Config":
        """Fill in unset secrets from the data folder, generating them the first time.

        Raises ConfigError. On Lambda nothing is generated: each instance would have secrets of its
        own, and the owner could not read them.
        """
        if problems := combination_problems(vars(self)):
            raise ConfigError(problems)
        if self.lambda_function:
            return self
        auth_tokens, secret_key = self.auth_tokens, self.secret_key
        try:
            if not auth_tokens:
                token = data_folder.get_or_create_secret(self.home, TOKEN_FILE)
                auth_tokens = bearer_tokens(token)
            if not secret_key:
                secret_key = data_folder.get_or_create_secret(self.home, "secret_key")
        except (OSError, ValueError) as exc:
            raise ConfigError([f"STRAVA_MCP_HOME cannot be used as data folder: {exc}."]) from exc
        return replace(self, auth_tokens=auth_tokens, secret_key=secret_key)

    def has_generated_token(self) -> bool:
        """Whether AUTH_TOKEN is the one that was generated in the data folder."""
        return self.auth_tokens == (data_folder.read(self.home, TOKEN_FILE),)

    def __repr__(self) -> str:
        secrets = {key for key, item in settings_by_field().items() if item.secret}
        visible = {key: "…" if key in secrets and v else v for key, v in vars(self).items()}
        return f"Config({', '.join(f'{key}={value!r}' for key, value in visible.items())})"


def settings() -> list[tuple[str, str, object]]:
    """Name, description and default of every setting, in the order of README.md."""
    defaults = Config()
    return [
        (item.name, item.doc, getattr(defaults, key)) for key, item in settings_by_field().items()
    ]


def settings_by_field() -> dict[str, Setting]:
    """The declared settings by the name of their field."""
    return {item.name: Setting(**item.metadata) for item in fields(Config)}


def _shown(value: str, is_secret: bool) -> str:
    return f"a value of {len(value)} characters" if is_secret else repr(value[:80])
