"""Truncation of oversized replies: what is cut, in which order, and the note about it."""

from strava_mcp.tools.size import rows_that_fit, tokens, truncate_to_budget


def test_characters_outside_ascii_count_more() -> None:
    assert tokens("語" * 100) > tokens("x" * 100)


def test_reply_that_fits_is_unchanged() -> None:
    reply = {"id": 1, "laps": [1, 2, 3]}
    assert truncate_to_budget(reply, {"laps": "elsewhere"}) == reply


def test_leading_rows_are_kept() -> None:
    rows = [{"n": n} for n in range(100)]
    kept = rows_that_fit(rows, 100)
    assert 0 < kept < 100
    assert sum(tokens(row) + 1 for row in rows[:kept]) <= 100
    assert rows_that_fit(rows, 0) == 0
    assert rows_that_fit([], 10) == 0


def test_parts_are_truncated_in_order_with_a_note() -> None:
    laps = [{"name": f"Lap {n}", "time": "0:05:00"} for n in range(300)]
    reply = {"id": 1, "track": "x" * 9000, "laps": laps, "text": "kept", "note": "Before."}
    truncated = truncate_to_budget(
        reply, {"track": "ask", "laps": "look", "text": "no"}, indivisible=("track",)
    )
    assert "track" not in truncated and truncated["text"] == "kept"
    assert truncated["laps"] == laps[: len(truncated["laps"])] and 50 < len(truncated["laps"]) < 300
    assert truncated["note"].startswith("Before. track: 0 of 9000 shown (size limit); ask.")
    assert f"laps: {len(truncated['laps'])} of 300 shown" in truncated["note"]
    assert tokens(truncated) <= 4000
    assert reply["laps"] == laps, "the original is unchanged"
