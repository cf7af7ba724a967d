"""Numbers as people write them: ``1,234.5``, ``1.234,5``, ``1 234,5``, ``1'234.5``."""

import math
import re

#: Spaces of any width and apostrophes, which only ever group digits.
GROUPING = re.compile(r"[\s'’ʼ]")
NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*(e[+-]?[0-9]{1,3})?", re.IGNORECASE)
MAX_CHARACTERS = 40


def detect_decimal_mark(text: str) -> str | None:
    """Return the decimal mark of a number, ``.`` or ``,``; None if it is ambiguous.

    If both occur, it is the last one. A mark that occurs twice groups thousands. A single mark
    before exactly three digits is ambiguous (``1,234``), except after a zero (``0,234``).
    """
    digits = GROUPING.sub("", text)
    marks = [char for char in digits if char in ".,"]
    if not marks:
        return None
    last = marks[-1]
    if len(set(marks)) == 2:
        return last if marks.count(last) == 1 else None
    if len(marks) > 1:
        return "." if last == "," else ","
    whole, _, fraction = digits.partition(last)
    whole = whole.lstrip("+-")
    if len(fraction) == 3 and 1 <= len(whole) <= 3 and whole != "0":
        return None
    return last


def parse_number(text: str, decimal_mark: str = ".") -> float:
    """Parse a number; ``decimal_mark`` applies where the text is ambiguous.

    Raises ValueError unless it is a finite number.
    """
    digits = GROUPING.sub("", text)
    if len(digits) > MAX_CHARACTERS or not NUMBER.fullmatch(digits):
        raise ValueError("is not a number")
    mark = detect_decimal_mark(digits) or decimal_mark
    digits = digits.replace("," if mark == "." else ".", "").replace(mark, ".")
    if digits.count(".") > 1:
        raise ValueError("is not a number")
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("is not a number")
    return value
