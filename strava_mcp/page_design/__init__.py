"""The design that all HTML pages share: base template, style sheet, mark and security headers.

The server, the sandbox and the terminal's callback page use it. It imports Jinja when the first
page is rendered, and no Flask. With ``server``, the address of the server, every page names it.
Names that people chose go through the filter ``bdi``, in attributes and titles ``isolated``.
``message.html`` displays ``title`` and ``message``, and ``links``: what to do next (``Link``).
"""

import hashlib
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from strava_mcp.escaping import is_right_to_left, isolated

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent


class Link(NamedTuple):
    """A link of ``message.html``."""

    href: str
    label: str


def render(template: str, folder: Path = FOLDER, **context: object) -> str:
    """Render a template of ``folder``, which may extend ``base.html``, with autoescaping."""
    return _environment(folder).get_template(template).render(context)


def security_headers(script: str = "", *, has_own_files: bool = False) -> dict[str, str]:
    """The headers of a page. ``script``: the text of its only inline script, if it has one.

    ``has_own_files``: whether it uses scripts, styles, images and data of its own server.

    The policy allows the style sheet and the script by their hashes (CSP 3 §2.3.1). It has no
    form-action, which browsers also apply to the redirect that follows a form.
    """
    own = " 'self'" if has_own_files else ""
    policy = f"default-src 'none'; style-src '{_source(style())}'{own}; img-src data:{own}; "
    if has_own_files:
        policy += "script-src 'self'; connect-src 'self'; "
    elif script:
        policy += f"script-src '{_source(script)}'; "
    return {
        "Content-Security-Policy": f"{policy}base-uri 'none'; frame-ancestors 'none'",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        # With no-referrer, browsers send ``Origin: null`` with our own forms.
        "Referrer-Policy": "same-origin",
    }


@cache
def style() -> str:
    """The style sheet, which stands inside each page."""
    return (FOLDER / "style.css").read_text("utf-8")


@cache
def favicon() -> bytes:
    """The mark as an ICO file; the pages themselves carry it as SVG."""
    return (FOLDER / "favicon.ico").read_bytes()


@cache
def _environment(folder: Path) -> "Environment":
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader([folder, FOLDER]), autoescape=True)
    mark = (FOLDER / "mark.svg").read_text("utf-8").strip()
    environment.globals["style"] = style()
    environment.filters |= {"bdi": _bdi, "isolated": isolated}
    environment.globals["mark"] = mark.replace("<svg ", '<svg aria-hidden="true" ')
    environment.globals["icon"] = f"data:image/svg+xml;base64,{b64encode(mark.encode()).decode()}"
    return environment


@cache
def _source(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _bdi(name: str) -> str:
    """Isolate a name with right-to-left letters from the words around it."""
    from markupsafe import Markup

    return Markup("<bdi>{}</bdi>").format(name) if is_right_to_left(name) else name
