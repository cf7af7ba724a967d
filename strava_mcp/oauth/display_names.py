"""How the names that apps give themselves are shown, so that they cannot pass for others.

Anybody can register any name: a blank one, one that hides characters or changes the direction of
the text, or one that looks like ``claude.ai``. ``display_name`` shows such names as what they are,
and ``app_name`` adds whether a website vouches for the app.
"""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from strava_mcp.oauth import confusables, redirects
from strava_mcp.oauth.client_metadata_documents import host_of, is_document

NO_NAME = "An app without a name"
MAX_LENGTH = 100
#: Marks on one character; more of them would cover the text above and below.
MAX_MARKS = 3
#: Shown by their code points in a word that looks like another one.
ASCII_LOOKALIKES = frozenset("I01|")
HOST = re.compile(r"[a-z0-9-]+\.[a-z]{2,}")
#: Names that are worth imitating: hosts of known clients, what they are called by, and others.
HOSTS = {urlsplit(uri).hostname or "" for uri in redirects.KNOWN if uri.startswith("https:")}
OTHERS = {
    "strava",
    "anthropic",
    "grok",
    "perplexity",
    "devin",
    "mistral",
    "gemini",
    "copilot",
    "openai",
}
FAMOUS = {*OTHERS, *HOSTS, *(host.split(".")[-2] for host in HOSTS)}
SKELETONS = {confusables.skeleton(name): name for name in FAMOUS if len(name) >= 3}


class DisplayName(NamedTuple):
    """A name as it may be shown anywhere, and in whole sentences what is unusual about it."""

    text: str
    warnings: tuple[str, ...] = ()


class AppName(NamedTuple):
    """What to call an app.

    ``heading``: the host that vouches for it if it is ``verified``, else its own name. ``claim``:
    its own name if the heading is the host, else empty.
    """

    heading: str
    claim: str
    verified: bool
    warnings: tuple[str, ...]

    @property
    def line(self) -> str:
        """The app in one line."""
        return f"{self.heading} ({self.claim})" if self.claim else self.heading


def app_name(client_id: str, name: str, redirect_uri: str) -> AppName:
    """What to call the client ``client_id`` that names itself ``name``.

    It is verified if its document comes from the host that the code is sent to. A document alone
    proves nothing: any program on a device can use the client ID and receive its loopback redirect.
    ``redirect_uri`` is empty if unknown.
    """
    own_name = display_name(name)
    host = host_of(client_id) if is_document(client_id) else ""
    if host and host == redirects.host_of(redirect_uri):
        return AppName(host, own_name.text if name else "", True, ())
    warnings = own_name.warnings
    if host:
        warnings += (f"{host} describes an app of this name, but may not be where the code goes.",)
    return AppName(own_name.text, "", False, warnings)


def display_name(name: str) -> DisplayName:
    """Show a name as what it is: characters that are hidden or misleading as ``[U+202E]``."""
    name = name[:MAX_LENGTH]
    visible = [c for c in name if not c.isspace() and not confusables.is_invisible(c)]
    if not visible:
        hidden = (f"Its name is blank: {confusables.reveal(name)}",) if name.strip() else ()
        return DisplayName(NO_NAME, hidden)
    text = " ".join(_show(word) for word in name.split(" ") if word)
    return DisplayName(text, tuple(_warnings(name)))


def _show(word: str) -> str:
    """Show a word, with the code points of what is hidden or makes it look like another word."""
    names = confusables.scripts(word)
    base = "LATIN" if "LATIN" in names else next(filter(None, map(confusables.script, word)), "")
    is_mixed, is_imitation = confusables.is_mixed(names), bool(_imitated(word))

    def is_shown_as_it_is(index: int) -> bool:
        character = word[index]
        return not (
            confusables.is_hidden(word, index)
            or (is_mixed and confusables.script(character) not in ("", base))
            or (is_imitation and (not character.isascii() or character in ASCII_LOOKALIKES))
            or all(map(confusables.is_mark, word[max(0, index - MAX_MARKS) : index + 1]))
        )

    return "".join(
        c if is_shown_as_it_is(index) else confusables.code_point(c) for index, c in enumerate(word)
    )


def _warnings(name: str) -> list[str]:
    warnings = []
    if any(confusables.is_hidden(name, index) for index in range(len(name))):
        warnings.append("Its name has invisible characters, shown as [U+…].")
    names = confusables.scripts(name)
    if confusables.is_mixed(names):
        mixed = " and ".join(sorted(name.capitalize() for name in names))
        warnings.append(f"Its name mixes {mixed} letters.")
    for imitated in sorted({famous for word in name.split() for famous in _imitated(word)}):
        warnings.append(f"Its name looks like “{imitated}”, but is spelled differently.")
    if HOST.search(confusables.skeleton(name)):
        warnings.append("Its name looks like a web address, but no website vouches for it.")
    return warnings


def _imitated(word: str) -> set[str]:
    """The famous names that a word looks like without being spelled like them."""
    parts = set(re.findall(r"[a-z0-9.-]+", confusables.skeleton(word)))
    return {SKELETONS[part] for part in parts & SKELETONS.keys()} - {
        famous for famous in FAMOUS if famous in word.lower()
    }
