"""Numbers as people write them: ``1,234.5``, ``1.234,5``, ``1 234,5``, ``1'234.5``."""

import math
import re

#: Spaces of every width and apostrophes only ever group digits.
GROUPING = re.compile(r"[\s'’ʼ]")
WRITTEN = re.compile(r"[+-]?[0-9][0-9.,]*(e[+-]?[0-9]{1,3})?", re.IGNORECASE)
MAX_CHARACTERS = 40


def detect_decimal_mark(text: str) -> str | None:
    """The decimal mark that ``text`` is written with: ``.``, ``,`` or None where it may be either.

    With both marks it is the last one. A mark that occurs twice groups thousands. One alone before
    exactly three digits may be either (``1,234``), except after a zero (``0,234``).
    """
    digits = GROUPING.sub("", text)
    found = [letter for letter in digits if letter in ".,"]
    if not found:
        return None
    last = found[-1]
    if len(set(found)) == 2:
        return last if found.count(last) == 1 else None
    if len(found) > 1:
        return "." if last == "," else ","
    whole, _, part = digits.partition(last)
    if len(part) == 3 and 1 <= len(whole.lstrip("+-")) <= 3 and whole.lstrip("+-") != "0":
        return None
    return last


def parse_number(text: str, mark: str = ".") -> float:
    """The number in ``text``; ``mark`` decides where it may be read in two ways.

    Raises ValueError for what is no finite number.
    """
    digits = GROUPING.sub("", text)
    if len(digits) > MAX_CHARACTERS or not WRITTEN.fullmatch(digits):
        raise ValueError("is no number")
    mark = detect_decimal_mark(digits) or mark
    digits = digits.replace("," if mark == "." else ".", "").replace(mark, ".")
    if digits.count(".") > 1:
        raise ValueError("is no number")
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("is no number")
    return value
