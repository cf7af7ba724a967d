"""How names that apps give themselves are shown."""

import pytest

from strava_mcp.oauth.display_names import NO_NAME, app_name, display_name

CLAUDE = "https://claude.ai/oauth/mcp-oauth-client-metadata"


@pytest.mark.parametrize(
    "name",
    [
        "Claude",
        "Claude Code (strava)",
        "VS Code",
        "ChatGPT",
        "MCP Inspector",
        "Léa",
        "Mein Läufer",
    ]
    + ["東京ラン for Strava", "러닝 일기", "תרגול", "Дневник бега", "n8n", "DEVIN", "❤\ufe0f runs"]
    + ["Ταξίδι", "中文ノート", "mcp-cli-proxy 0.1.5"],
)
def test_ordinary_names_are_shown_as_they_are(name: str) -> None:
    assert display_name(name) == (name, ())


@pytest.mark.parametrize(
    "name",
    ["", " ", "   ", "\u3164", "\u2800\u2800", "\u200b", "\uffa0 \u115f", "\u202e", "\ufe0f"],
)
def test_blank_names_are_no_names(name: str) -> None:
    result = display_name(name)
    assert result.text == NO_NAME
    assert bool(result.warnings) == bool(name.strip()), "a blank name is not the same as none"


@pytest.mark.parametrize(
    "name, shown",
    [
        ("Diary\u202eyraid", "Diary[U+202E]yraid"),
        ("Cla\u200bude", "Cla[U+200B]ude"),
        ("Diary\u3164\u3164", "Diary[U+3164][U+3164]"),
        ("A\u00adB", "A[U+00AD]B"),
        ("A\x00\x1b[31mB", "A[U+0000][U+001B][31mB"),
        ("A\nB\u2028C", "A[U+000A]B[U+2028]C"),
        ("A\U000e0041B", "A[U+E0041]B"),
        ("A\u2066B\u2069", "A[U+2066]B[U+2069]"),
        ("A\ufe0fB", "A[U+FE0F]B"),
        ("\ud800", NO_NAME),
    ],
)
def test_invisible_characters_are_shown_by_their_code_points(name: str, shown: str) -> None:
    result = display_name(name)
    assert result.text == shown and result.warnings


@pytest.mark.parametrize(
    "name, shown",
    [
        ("cl\u0430ude", "cl[U+0430]ude"),
        ("\u0421l\u0430ud\u0435", "[U+0421]l[U+0430]ud[U+0435]"),
        ("Strav\u03b1", "Strav[U+03B1]"),
        ("\u0440aypal", "[U+0440]aypal"),
        ("\u0442\u03b5\u0441\u0442", "\u0442[U+03B5]\u0441\u0442"),
    ],
)
def test_words_of_mixed_scripts_show_which_letters_are_foreign(name: str, shown: str) -> None:
    result = display_name(name)
    assert result.text == shown
    assert any("mixes" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    "name, famous",
    [
        ("cIaude", "claude"),
        ("C1aude Code", "claude"),
        ("cl\u0430ude.ai", "claude.ai"),
        ("clau\u0501e", "claude"),
        ("\U0001d402\U0001d425\U0001d41a\U0001d42e\U0001d41d\U0001d41e", "claude"),
        ("\uff23\uff4c\uff41\uff55\uff44\uff45", "claude"),
        ("\ua4da\ua4e1\ua4ee\ua4f4\ua4d3\ua4f0", "claude"),
        ("cl\u00e1ude", "claude"),
        ("\u1d04\u029f\u1d00\u1d1c\u1d05\u1d07", "claude"),
        ("Chat\u0413\u0420T", None),
        ("Chat\u0262PT", "chatgpt"),
        ("Cursοr", "cursor"),
        ("Str\u0430va", "strava"),
        ("Cla\u200bude", "claude"),
        ("(cIaude)", "claude"),
        ("Per plexity", None),
        ("Cop1lot", "copilot"),
        ("DEVlN", "devin"),
        ("CHATGPT", None),
        ("rnistral", "mistral"),
        ("Anthroplc", "anthropic"),
        ("C\u01c0aude", "claude"),
        ("C\u2223aude", "claude"),
        ("C\u0661aude", "claude"),
        ("C\uffe8aude", "claude"),
        ("C\u01c3aude", "claude"),
        ("C\u258faude", "claude"),
        ("Claud\u212e", "claude"),
        ("Claud\u0258", "claude"),
        ("claude\u0589ai", "claude.ai"),
        ("claude\u06f0ai", "claude.ai"),
        ("Anthr\u0c66pic", "anthropic"),
        ("C\u0e50pil\u0966t", "copilot"),
        ("Marathon \u0966", None),
    ],
)
def test_look_alikes_of_known_names_are_named(name: str, famous: str | None) -> None:
    warnings = [text for text in display_name(name).warnings if "looks like “" in text]
    assert warnings == (
        [f"Its name looks like “{famous}”, but is spelled differently."] if famous else []
    )


@pytest.mark.parametrize(
    "name",
    ["claude.ai", "Claude (claude.ai)", "cIient.example", "cl\u0430ude\u3002ai", "https://x.co"],
)
def test_a_name_that_looks_like_a_host_is_called_so(name: str) -> None:
    assert any("web address" in warning for warning in display_name(name).warnings)


def test_piled_marks_do_not_cover_other_text() -> None:
    result = display_name("A" + "\u0301" * 30).text
    assert result.startswith("A\u0301\u0301\u0301[U+0301]")
    assert display_name("\u0301A").text == "[U+0301]A"
    assert display_name("A" + "\u20dd" * 30).text.startswith("A\u20dd\u20dd\u20dd[U+20DD]")


def test_long_names_are_bounded() -> None:
    assert len(display_name("\U0010ffff" * 5000).text) <= 1000
    assert len(display_name("a" * 5000).text) == 100


@pytest.mark.parametrize(
    "redirect_uri, verified",
    [
        ("https://claude.ai/api/mcp/auth_callback", True),
        ("https://claude.com/api/mcp/auth_callback", False),
        ("https://claude.ai.evil.example/api/mcp/auth_callback", False),
        ("http://claude.ai/api/mcp/auth_callback", False),
        ("http://localhost:33418/callback", False),
        ("cursor://claude.ai/callback", False),
        ("", False),
    ],
)
def test_only_the_host_that_receives_the_code_is_verified(
    redirect_uri: str, verified: bool
) -> None:
    app = app_name(CLAUDE, "Claude", redirect_uri)
    assert app.verified == verified
    assert app.line == ("claude.ai (Claude)" if verified else "Claude")
    registered = app_name("client_abc", "claude.ai (Claude)", redirect_uri)
    assert not registered.verified and registered.warnings


@pytest.mark.parametrize(
    "name, shown",
    [
        ("cIaude", "c[U+0049]aude"),
        ("C1aude Code", "C[U+0031]aude Code"),
        ("Grok Ideas 10", "Grok Ideas 10"),
        ("DEVIN", "DEVIN"),
        ("cl\u00e1ude", "cl[U+00E1]ude"),
    ],
)
def test_look_alike_letters_are_shown_by_their_code_points(name: str, shown: str) -> None:
    assert display_name(name).text == shown
