"""Escaping characters that are not shown as they are: in logs, on terminals, in spreadsheets.

Foreign text (names of files, of apps and of activities, messages of other services) may contain
control characters, which act on a terminal; line separators, which begin a line of their own in a
log; and characters that reverse the direction of what follows. In the replies that models read they
are left out, and so is text that only models see.
"""

import json
import re

#: C0 and C1 controls, the soft hyphen, characters of no width or of a direction, line and paragraph
#: separators, lone surrogates, and tags (Unicode general categories Cc, Cf, Zl, Zp and Cs).
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
#: Where a spreadsheet may see the beginning of a formula (OWASP, CSV Injection): at the begin of a
#: cell, or behind a mark that separates cells in other countries. Signs may be in full width.
FORMULA = re.compile(
    r"(?:^|(?<=[;|]))"
    r"(?=[\t\r\n]|[\s\"'\x00-\x1f\u200b-\u200f\ufeff]{0,20}[=+\-@＝＋－＠﹢﹣﹦﹫])"
)
#: Letters of scripts that run from right to left: Hebrew, Arabic and others.
RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u061b\u061d-\u08ff"
    "\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
#: What no reader sees: controls, formatting of direction (UAX #9 §2), characters without a width,
#: variation selectors, lone surrogates, and tags, which can spell a text of their own.
UNSEEN = (
    "\x7f-\x9f\xad\u061c\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
ANY_UNSEEN = re.compile(f"[{UNSEEN}]")
#: Where such characters belong: behind one that they join, separate or style (in emoji, Persian,
#: Hindi), in the flags of England, Scotland and Wales (UTS #51, emoji tag sequences), and, in a
#: text with right-to-left letters, as marks of direction, which reverse nothing.
BELONGS = (
    f"(?<=[^\0-\x7f{UNSEEN}])[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]"
    "|(?<=[0-9#*])\ufe0f|(?<=\ufe0f)\u200d"
    "|(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"
)
HIDDEN = re.compile(f"(?=[{UNSEEN}])(?:({BELONGS})|.)", re.DOTALL)
HIDDEN_IN_RIGHT_TO_LEFT = re.compile(
    f"(?=[{UNSEEN}])(?:({BELONGS}|[\u061c\u200e\u200f])|.)", re.DOTALL
)
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"


def escape(text: str) -> str:
    """Write unprintable characters as in JSON, such as ``\\u202e``: the text is one line."""
    if text.isascii() and text.isprintable():  # most lines of a log
        return text
    return UNPRINTABLE.sub(lambda match: json.dumps(match[0])[1:-1], text)


def visible(text: str) -> str:
    """Leave out what no reader of a text sees, such as directional overrides and tags.

    What emoji and other scripts need stays: joiners, selectors of a style, marks of direction. A
    line separator becomes a space. Encoded JSON stays valid, and each of its texts is judged alone.
    """
    if text.isascii() or not ANY_UNSEEN.search(text):  # nearly every reply
        return text
    return '"'.join(map(_visible, text.split('"')))


def spreadsheet_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe stands before one."""
    return escape(FORMULA.sub("'", text))


def is_right_to_left(name: str) -> bool:
    """Whether a name has letters of a right-to-left script, such as Hebrew or Arabic."""
    return bool(RIGHT_TO_LEFT.search(name))


def isolated(name: str) -> str:
    """Keep a name from changing the order of the words around it, where ``<bdi>`` cannot stand.

    A name with letters of a right-to-left script gets the marks of an isolate (UAX #9 §2.4).
    """
    return f"{ISOLATE}{name}{END_OF_ISOLATE}" if is_right_to_left(name) else name


def _visible(text: str) -> str:
    if text.isascii():
        return text
    pattern = HIDDEN_IN_RIGHT_TO_LEFT if is_right_to_left(text) else HIDDEN
    return pattern.sub(_shown, text)


def _shown(hidden: re.Match[str]) -> str:
    return hidden[1] or (" " if hidden[0] in "\u2028\u2029" else "")
