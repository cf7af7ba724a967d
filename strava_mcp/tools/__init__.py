"""The MCP tools: one module per noun, which adds its tools to the registry.

* ``registry``: defines a tool. ``catalogue`` is the generated ``tools/list``, and ``instructions``
  introduces the tools to a model.
* Arguments: ``arguments``; the fields in ``fields``, ``id_fields``, ``sport_fields`` and
  ``time_fields``; ``ids``; dates in words in ``dates``, ``days`` and ``periods``; ``local_time``,
  which day it is for the athlete.
* Replies: ``safe_json`` reads what a source returned, with ``activity_reader`` and ``quantities``
  on top of it; ``activity_view``, ``activity_detail`` and ``segment_view`` render it;
  ``export_view`` adds what only an export has, ``stream_units`` converts streams.
  ``reply_schema`` declares the shape, ``size`` limits the length, ``athlete_text`` marks text that
  athletes wrote, and ``sandbox_replies`` what is invented.
* Lists: ``pages`` is a page of any list. get_activities reads its arguments with ``list_request``
  (``activity_filters``, ``list_fields``, ``sorting``) and replies with ``activity_list`` (long
  replies: ``activity_table``); ``cursors`` says where a list continues.
* Search: ``search_query`` parses a query with the words of ``search_words`` and
  ``search_quantities`` into ``search_criteria``; ``search_reply`` explains the result.
* Answers of ``analysis``: ``answers`` is what their tools share; ``day_ahead``, ``load_plan`` and
  ``race_fields`` are arguments of theirs; ``load_view``, ``record_view``, ``estimate_view``,
  ``comparison_view``, ``session_view`` and ``interval_text`` render them.
* Charts: ``chart_request`` is what a chart is asked for, ``chart_page`` the page that draws it.
"""

from importlib import import_module

from strava_mcp.tools.registry import TOOLS, Tools

#: Modules with tools, in the order of ``tools/list``.
MODULES = (
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
    "export_activity",
    "uploads",
    "search",
    "connection",
)


def load_tools() -> Tools:
    """All tools, grouped by module in a fixed order. Imports marshmallow."""
    names = [import_module(f"{__name__}.{module}").__name__ for module in MODULES]
    own = [tool for tool in TOOLS.values() if tool.function.__module__ in names]
    return Tools(sorted(own, key=lambda tool: names.index(tool.function.__module__)))
