"""Wording that does not come back: each pattern was mended once, with the word to use instead."""

import re
import subprocess

import pytest

from tests.conftest import ROOT, require

#: In names, comments, docstrings, messages, pages and documents.
EVERYWHERE = {
    r"\b_?(MOST|LONGEST|LARGEST|SHORTEST|LEAST|FEWEST|FARTHEST)_[A-Z]+\b": "MAX_… or MIN_…",
    r"\b[A-Z]+S_AN?_[A-Z]+\b": "…_PER_…",
    r"(?i)pass-phrase": "passphrase",
    r"(?i)byte code": "bytecode",
    r"(?i)(?<!strava-)\bfarewells?\b": "deauthorization",
    r"(?i)\banew\b": "again",
    r"(?i)\bso (long|often) (a|the|as)\b(?! possible)": "how long …, or for at most …",
    r"(?i)\bin small letters\b": "lowercase",
    r"(?i)\bsave for\b": "except",
    r"(?i)\b(to|of|by|for|and) who (?!is\b|are\b|may\b)": "whoever, or the athlete who",
    r"(?i)\b(told|tells)\b": "report, show, say or return",
    r"(?i)\b(requests|calls|lines|files|reads|metres|seconds) a (second|minute|hour|day|week|"
    r"request|token|athlete|client|process|sample|mile|kilomet)": "per",
}
#: In Python: names and docstrings.
PYTHON = {
    r"\b(told|said|known|made|shown|asked|found)\b(,\))?(: [^=]+)? = ": (
        "a name that says what it holds"
    ),
    r'"""Of [a-z_]+\."""': 'docstrings such as "Arguments of ``get_x``."',
}
TEXT = (".py", ".md", ".html", ".css", ".json", ".cfg", ".txt", ".sh", "run", "check", "fix")


def lines(*endings: str) -> list[tuple[str, int, str]]:
    """Every line of the project's own files: file, line number and text."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    require(listed.returncode == 0, "the project is not in a git checkout")
    paths = [ROOT / name for name in listed.stdout.splitlines() if name.endswith(endings)]
    return [
        (str(path.relative_to(ROOT)), number, line)
        for path in paths
        if path.is_file() and path.name != "test_words.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
    ]


@pytest.mark.parametrize(
    "patterns, endings", [(EVERYWHERE, TEXT), (PYTHON, (".py",))], ids=["everywhere", "python"]
)
def test_mended_wording_stays_mended(patterns: dict[str, str], endings: tuple[str, ...]) -> None:
    problems = [
        f"{name}:{number}: {found[0]!r}: say {better}"
        for name, number, line in lines(*endings)
        for pattern, better in patterns.items()
        if (found := re.search(pattern, line))
    ]
    assert not problems, "\n" + "\n".join(problems)
