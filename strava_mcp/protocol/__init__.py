"""JSON-RPC and MCP, in every protocol version and independent of the transport.

The walk of one request, ``tools/call get_activities``; ``strava_mcp.web`` has the part before it:

1. ``jsonrpc`` decodes the bytes strictly into a ``Request``.
2. ``versions`` determines the protocol version: legacy (agreed on by ``initialize``) or modern
   (named in every request). For modern requests ``request_headers`` compares headers and body.
3. The transport makes a ``call.Call`` of request, version and caller, and hands it to ``dispatch``.
4. ``methods`` finds the function of the method (others are in ``lists`` and ``completion``): here
   ``toolcalls.call_tool``. It looks up the tool
   in ``server.Server``, checks the caller's scope and has the tool load its arguments.
5. The tool, ``tools.activities.get_activities``, gets a ``context.Context``: the caller, the source
   of their data (opened by ``Services.source_for``), and a channel to the client (``channel``).
   ``tools.activity_list`` makes the reply, a JSON object, from what
   ``sources.Source.find_activities`` returns for a query (``sources.activity_query``).
6. STRAVA_SOURCE selects the source: ``sources.api`` asks Strava or the sandbox and caches responses
   in the ``store``; ``sources.archive`` reads the imported library. The walk goes on in their
   docstrings.
7. Back up: ``toolcalls`` wraps the object in a result, or reports a failure in one; ``dispatch``
   encodes the response, and the transport sends it.

The transports: ``web.mcp`` and ``web.sessions`` (Streamable HTTP), ``web.sse`` (HTTP+SSE, with
``sse_sessions``), ``connection`` (one client per connection: stdio and WebSocket). ``batch``
answers arrays of messages on all of them.

Why this is our own code and not an SDK: a function on Lambda starts often. Importing ``mcp`` takes
643 ms and ``fastmcp`` 857 ms more than a bare interpreter, Flask 132 ms. From process start to the
first ``tools/list``: 247 ms here, 159 ms for bare Flask, 1,081 ms for FastMCP 4. CPU per
``tools/list``: 0.67 ms, 0.43 ms and 1.65 ms. (Measured on 2026-11-26 on two quiet cores; ``python
-m tests.benchmarks`` measures again.)

Some parts are used only by a server that asks its clients something, logs to them, or has resources
that change. Our server (``Services.server``) does not; only the server of the conformance suite
(``tests/conformance/app.py``) switches them on:

* ``Server.sessions``, ``Server.mailbox``: sessions of Streamable HTTP (``web.sessions``), and the
  questions of a ``SessionChannel``. (``sse_sessions`` has its own, on every server.)
* ``Server.logs``: ``logging/setLevel`` and ``Channel.log``.
* ``Server.subscribable``: ``resources/subscribe`` and ``resources/unsubscribe``.
* ``Channel.ask`` with ``InputRequired`` and ``request_state``: no tool of ours asks anything.
* ``x-mcp-header`` in ``request_headers``: no argument of our tools is repeated in a header.
"""
