"""Match words of a query with text that an athlete wrote.

Case, accents and width do not matter (``fold``), nor does the plural of English words. Languages
without spaces between words, such as Japanese, match anywhere in the text.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

#: Letters that Unicode does not decompose into a base letter and an accent.
LETTERS = {
    **{"ø": "o", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"},
    **{"ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "e", "ĸ": "k"},
    # Typographic punctuation that keyboards replace with ASCII.
    **dict.fromkeys("‘’ʼ′", "'"),
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("“”„«»", '"'),
}
#: Accents (Latin, Greek, Cyrillic), vowel points (Hebrew, Arabic), invisible characters. Marks of
#: other scripts are kept: Japanese が and か are different letters.
MARKS = "\u0300-\u036f\u0591-\u05bd\u05c1\u05c2\u064b-\u065f\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f"
_FOLDABLE = re.compile(f"[{MARKS}{''.join(LETTERS)}]")
#: How German and Scandinavian names are written on a keyboard without these letters.
SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

#: A letter or digit of a script that puts spaces between words: those below Thai in Unicode.
_LETTER = r"[^\W_\u0e00-\U0010ffff]"
_PART = re.compile(r'"([^"]*)"|([^\s/_\-‐-―−"]+)')
PUNCTUATION = "\"'.,;:!?()[]{}#*&+~"
#: Shorter words match whole words only, since too many words begin with them.
MIN_PREFIX = 4
#: A word this far inside another is a part of it: ``lauf`` in ``Dauerlauf``, not in ``Verlauf``.
MIN_COMPOUND_PREFIX = 4

_IRREGULAR_PLURALS = {
    **{"man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet"},
    **{"half": "halves", "wolf": "wolves", "leaf": "leaves", "goose": "geese", "mouse": "mice"},
}
_OTHER_NUMBER = _IRREGULAR_PLURALS | {many: one for one, many in _IRREGULAR_PLURALS.items()}


def fold(text: str) -> str:
    """Return ``text`` without case, accents and differences of width, for comparison.

    ``Aïcha`` becomes ``aicha``, ``Straße`` ``strasse``, ``Łódź`` ``lodz``, ``１０Ｋ`` ``10k``.
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text).casefold()
    folded = _FOLDABLE.sub(lambda match: LETTERS.get(match[0], ""), folded)
    return unicodedata.normalize("NFC", folded)


def spellings(text: str) -> str:
    """``text`` as ``matches_spellings`` reads it; text that is often searched is stored like this.

    It is folded, and followed by its spelling without umlauts if that differs.
    """
    return "\n".join(_spellings(text))


def matches(words: str, text: str) -> bool:
    """Whether every word of ``words`` occurs in ``text``, in any order.

    A word matches at the beginning of a word of the text, and as the end of a long compound
    (``lauf``, ``Dauerlauf``); if it has less than four letters, it matches a whole word. English
    plurals match their singular and the other way round. ``ü`` also matches ``ue``. Words in double
    quotation marks match side by side.
    """
    return matches_spellings(words, spellings(text))


def matches_spellings(words: str, spelled: str) -> bool:
    """Like ``matches``, for a text that is the result of ``spellings``."""
    return all(word.occurs_in(spelled) for word in _words(words))


class _Word(NamedTuple):
    """A word to look for: ``pattern`` matches only where one of ``forms`` is.

    Looking for a text is much faster than for a pattern, so the pattern is tried there only.
    """

    forms: tuple[str, ...]
    pattern: re.Pattern[str]

    def occurs_in(self, spelled: str) -> bool:
        """Whether the word is in a text."""
        for form in self.forms:
            at = spelled.find(form)
            while at >= 0:
                if self.pattern.match(spelled, at):
                    return True
                at = spelled.find(form, at + 1)
        return False


def _spellings(text: str) -> list[str]:
    """The folded text, and its spelling without umlauts if that differs."""
    if text.isascii():
        return [fold(text)]
    spelled_out = unicodedata.normalize("NFC", text).lower().translate(SPELLED_OUT)
    return list(dict.fromkeys((fold(text), fold(spelled_out))))


@lru_cache(maxsize=256)
def _words(words: str) -> tuple[_Word, ...]:
    parts = (match.groups(default="") for match in _PART.finditer(words))
    return tuple(
        _phrase(phrase) if phrase else _word(word) for phrase, word in parts if fold(phrase + word)
    )


def _phrase(phrase: str) -> _Word:
    """Words side by side, whatever punctuation is between them."""
    spelled = [re.findall(r"[^\W_]+", one) for one in _spellings(phrase)]
    if not all(spelled):
        return _word(phrase)
    patterns = []
    for *first, last in spelled:
        before_last = "".join(rf"{word}[\W_]+" for word in first)
        patterns.append(f"(?<!{_LETTER}){before_last}(?:{_pattern(last)})")
    forms = [form for words in spelled for form in (words[0], *_other_numbers(words[0]))]
    return _Word(tuple(dict.fromkeys(forms)), re.compile("|".join(patterns)))


def _word(word: str) -> _Word:
    spelled = [one.strip(PUNCTUATION) or one for one in _spellings(word)]
    forms = {form for one in spelled for form in (one, *_other_numbers(one))}
    return _Word(tuple(forms), re.compile("|".join(map(_pattern, spelled))))


def _pattern(word: str) -> str:
    """The pattern of one folded word."""
    escaped = re.escape(word)
    if not re.search(_LETTER, word):  # a script without spaces, or a symbol such as an emoji
        return escaped
    others = "".join(f"|{re.escape(other)}(?!{_LETTER})" for other in _other_numbers(word))
    if word[-1].isdigit():
        whole = f"{escaped}(?![0-9])"  # 10 is not the beginning of 100
    elif len(word) < MIN_PREFIX:
        whole = f"{escaped}(?:e?s)?(?!{_LETTER})"
    else:
        whole = escaped
    compound = ""
    if len(word) >= MIN_PREFIX and word.isalpha():
        compound = rf"|(?<=[^\W\d_]{{{MIN_COMPOUND_PREFIX}}}){escaped}"
    return f"(?<!{_LETTER})(?:{whole}{others}){compound}"


def _other_numbers(word: str) -> set[str]:
    """The singular of an English plural and the other way round, as far as a rule can tell.

    Some results are no words, which does no harm: nothing is written like them.
    """
    if len(word) < MIN_PREFIX:
        return {_OTHER_NUMBER[word]} if word in _OTHER_NUMBER else set()
    others = {_OTHER_NUMBER[word]} if word in _OTHER_NUMBER else set()
    if word.endswith("ies"):
        others.add(word[:-3] + "y")
    if word.endswith("es"):
        others.add(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        others.add(word[:-1])
    if word.endswith("y"):
        others.add(word[:-1] + "ies")
    return others
