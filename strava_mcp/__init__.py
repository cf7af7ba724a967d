"""A remote MCP server for an athlete's Strava data.

The map, from the way in down to the ground; imports only ever point downward:

* ``app``       create_app(), the table of contents
* ``web``       routes, the guard in front of them, one wire a file
* ``cli``       the ``flask`` commands and the stdio transport
* ``aws``       the way onto Lambda: handler, streaming runtime, Zappa's hooks, package
* ``services``  what lives as long as the app
* ``oauth``     tokens: the authorization server, what it granted, named tokens
* ``protocol``  JSON-RPC and MCP, every revision, no matter which transport
* ``tools``     what a model may call; ``prompts``: prompts and resources
* ``context``   what a tool may use while it answers
* ``strava``    the doors to the athlete's data: live API, their own export, sandbox
* ``training``  what a recording tells: splits, best efforts, climbing, totals
* ``store``     what must be remembered
* ``config``, ``home``, ``identity``, ``errors``  the ground
"""

__version__ = "0.1.0"
