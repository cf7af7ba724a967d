"""The size of replies: what is cut, in which order, and what is said about it."""

from strava_mcp.tools.size import rows_that_fit, tokens, truncate_to_budget


def test_letters_of_other_scripts_count_more() -> None:
    assert tokens("語" * 100) > tokens("x" * 100)


def test_what_fits_is_left_alone() -> None:
    reply = {"id": 1, "laps": [1, 2, 3]}
    assert truncate_to_budget(reply, {"laps": "elsewhere"}) == reply


def test_rows_are_kept_from_the_first() -> None:
    rows = [{"n": n} for n in range(100)]
    kept = rows_that_fit(rows, 100)
    assert 0 < kept < 100
    assert sum(tokens(row) + 1 for row in rows[:kept]) <= 100
    assert rows_that_fit(rows, 0) == 0
    assert rows_that_fit([], 10) == 0


def test_parts_are_cut_in_order_with_a_note() -> None:
    laps = [{"name": f"Lap {n}", "time": "0:05:00"} for n in range(300)]
    reply = {"id": 1, "track": "x" * 9000, "laps": laps, "text": "kept", "note": "Before."}
    found = truncate_to_budget(
        reply, {"track": "ask", "laps": "look", "text": "no"}, indivisible=("track",)
    )
    assert "track" not in found and found["text"] == "kept"
    assert found["laps"] == laps[: len(found["laps"])] and 50 < len(found["laps"]) < 300
    assert found["note"].startswith("Before. track: 0 of 9000 shown (size limit); ask.")
    assert f"laps: {len(found['laps'])} of 300 shown" in found["note"]
    assert tokens(found) <= 4000
    assert reply["laps"] == laps, "the original is left as it was"
