"""Which characters are invisible, and which texts look alike.

A small part of Unicode's security mechanisms (UTS #39): scripts (§5), and the skeleton of a text
(§4), which is the same for texts that look alike. Only look-alikes of Latin letters are known here,
because the names worth imitating are Latin.
"""

import re
import unicodedata

#: What looks like a lowercase Latin letter, per script; capitals only where they look different.
LOOKALIKES = {
    **dict(zip("аԁеһіјӏорԛсѕтуѵԝхгкмнвьпІ", "adehijlopqcstyvwxrkmhbbnl", strict=True)),  # Cyrillic
    **dict(zip("αβεηικνορτυχωγμΗΙΜΝΥ", "abenikvoptuxwyuhlmny", strict=True)),  # Greek
    **dict(zip("սօոհցզ", "uonhgq", strict=True)),  # Armenian
    **dict(zip("ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᏒᏚᎢᏌᏙᎳᏃ", "abcdeghjklmprstuvwz", strict=True)),  # Cherokee
    **dict(zip("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "abcdefghljklmnoprstuvwxyz", strict=True)),  # Lisu
    **dict(zip("I01|ɑɩ", "lollai", strict=True)),  # Latin and digits
    # Click letters, the digit one of Arabic and N'Ko, a mark of Hebrew, and lines.
    **dict.fromkeys("\u01c0\u01c3\u05c0\u0661\u06f1\u07c1\u2223\u23a2\u23a5\u23d0", "l"),
    **dict.fromkeys("\u2502\u2503\u2758\u258f\u2595", "l"),
    **dict.fromkeys("\u0258\u212e", "e"),
    # Full stops, and the zeros of Arabic, which are dots.
    **dict.fromkeys("。ꓸ۔\u0589\u0660\u06f0\u0701\u0702", "."),
}
#: ``i`` because a 1 and an I can stand for it, as for ``l``.
PAIRS = (("rn", "m"), ("vv", "w"), ("i", "l"))
#: ``LATIN SMALL LETTER L WITH STROKE``, ``NEGATIVE CIRCLED LATIN CAPITAL LETTER C`` and others.
LATIN_NAME = re.compile(
    r"(?:\bLATIN|^REGIONAL INDICATOR SYMBOL) (?:SMALL |CAPITAL )*LETTER "
    r"(?:SMALL CAPITAL |DOTLESS |SCRIPT )?([A-Z])(?: WITH .*)?$"
)
#: Default_Ignorable_Code_Point (UAX #44) beyond category Cf, and two symbols that are blank.
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U0001d159\U0001bca0-\U0001bca3\U000e0000-\U000e0fff]"
)
#: Scripts that are commonly written together, also with Latin (UTS #39 §5.2, highly restrictive).
EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})


def is_invisible(character: str) -> bool:
    """Whether a character shows nothing of its own: controls, direction marks, fillers."""
    return not character.isprintable() or bool(INVISIBLE.match(character))


def is_hidden(text: str, index: int) -> bool:
    """Whether the reader of a text misses this character.

    A variation selector after a symbol is no such character: it only chooses between two styles.
    """
    follows_symbol = index > 0 and unicodedata.category(text[index - 1]) == "So"
    styles_symbol = text[index] in "\ufe0e\ufe0f" and follows_symbol
    return is_invisible(text[index]) and not styles_symbol


def reveal(text: str) -> str:
    """Show the hidden characters of a text as ``[U+202E]``."""
    return "".join(code_point(c) if is_hidden(text, i) else c for i, c in enumerate(text))


def code_point(character: str) -> str:
    """A character as ``[U+202E]``."""
    return f"[U+{ord(character):04X}]"


def script(character: str) -> str:
    """The script of a letter, by the first word of its Unicode name; empty for other characters.

    Modifier letters have none: several scripts share some, such as Japanese's prolonged sound mark.
    """
    folded = unicodedata.normalize("NFKC", character)[:1] or character
    category = unicodedata.category(folded)
    is_letter = category.startswith("L") and category != "Lm" and not is_invisible(character)
    return unicodedata.name(folded, "").split(" ")[0] if is_letter else ""


def scripts(text: str) -> set[str]:
    """The scripts of the letters of a text."""
    return {name for name in map(script, text) if name}


def is_mixed(names: set[str]) -> bool:
    """Whether these scripts are not commonly written together."""
    others = names - EAST_ASIAN
    return len(others) > 1 or (names != others and bool(others - {"LATIN"}))


def is_mark(character: str) -> bool:
    """Whether a character stands above, below or around the one before it."""
    return bool(unicodedata.combining(character)) or unicodedata.category(character) == "Me"


def skeleton(text: str) -> str:
    """A text that is the same for all texts that look alike. It is for comparisons only."""
    decomposed = unicodedata.normalize("NFKD", text)
    visible = [c for c in decomposed if not is_mark(c) and not is_invisible(c)]
    plain = "".join(map(_plain, visible))
    for pair, letter in PAIRS:
        plain = plain.replace(pair, letter)
    return plain


def _plain(character: str) -> str:
    """The lowercase Latin letter that a character looks like; else the character in lowercase."""
    lower = character.lower()
    if unicodedata.decimal(character, None) == 0:  # a zero of any script is a ring or a dot
        return LOOKALIKES.get(character, "o")
    match = None if character.isascii() else LATIN_NAME.search(unicodedata.name(character, ""))
    return (
        LOOKALIKES.get(character) or (match[1] if match else LOOKALIKES.get(lower, lower)).lower()
    )
