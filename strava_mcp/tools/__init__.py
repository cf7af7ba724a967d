"""The MCP tools: one module per noun, which adds its tools to the registry.

``registry`` defines tools; ``arguments``, ``fields``, ``ids`` and ``dates`` (with ``days`` and
``periods``) their arguments; ``size`` limits their replies, and ``athlete_text`` marks text in them
that athletes wrote.
``catalogue`` is the generated ``tools/list``; ``instructions`` introduces the tools.
``safe_json`` reads fields of what a source returned; ``activity_reader`` and ``quantities`` build
on it; ``activity_view`` and ``segment_view`` render rows. Behind
get_activities, ``list_request`` reads the arguments (``activity_filters``, ``list_fields``,
``sorting``), ``activity_list`` makes the reply (long ones with ``activity_table``), and ``cursors``
encodes where the list continues. Behind search, ``search_query`` parses a query by the words in
``search_words`` and ``search_quantities``, and ``search_reply`` explains the result. The tools that
answer from ``analysis`` share ``answers``; ``day_ahead``, ``load_plan`` and ``race_fields`` are
arguments of theirs. ``pages`` serves other paged lists, and ``local_time`` determines which day it
is for the athlete.
``session_view`` and ``interval_text`` render what ``analyze_activity`` says.
``chart_request`` says what a chart is asked for, ``chart_page`` where it is drawn.
``load_view``, ``record_view`` and ``estimate_view`` render loads and records.
"""

from importlib import import_module

from strava_mcp.tools.registry import TOOLS, Tools

#: Modules with tools, in the order of ``tools/list``.
MODULES = (
    *(
        "training_summary",
        "records",
        "training_load",
        "predict_race",
        "analyze_activity",
        "compare_activities",
        "show_chart",
        "activities",
        "social",
        "athlete",
        "zones",
        "thresholds",
        "gear",
        "streams",
        "segments",
        "routes",
        "clubs",
    ),
    *("export_activity", "uploads", "search", "connection"),
)


def load_tools() -> Tools:
    """All tools, grouped by module in a fixed order. Imports marshmallow."""
    names = [import_module(f"{__name__}.{module}").__name__ for module in MODULES]
    own = [tool for tool in TOOLS.values() if tool.function.__module__ in names]
    return Tools(sorted(own, key=lambda tool: names.index(tool.function.__module__)))
