"""A remote MCP server for an athlete's Strava data.

The map, from the top layer down; imports only point downward (checked by import-linter). The
docstring of each package describes its modules; those of ``web`` and ``protocol`` follow one
request through them.

* ``startup``           loads the app of a server
* ``app``               ``create_app()``: registers everything that handles requests
* ``web``               routes, the guard in front of them, pages
* ``cli``               the ``flask`` commands, and MCP over standard input and output
* ``aws``               AWS Lambda: handler, streaming runtime, deployment hooks, package check
* ``connection_guide``  how to connect each kind of client
* ``services``          the objects that live as long as the app
* ``oauth``             authorization server, grants, personal tokens
* ``proxy_notice``      a reverse proxy that PROXY_HOPS does not count
* ``protocol``          JSON-RPC and every revision of MCP, for all transports
* ``prompts``           MCP prompts and resources
* ``tools``             what a model can call
* ``context``           what a tool, prompt or resource can use during a request
* ``charts``            these answers as pictures: a page inside a chat, SVG, PNG
* ``analysis``          answers about an athlete's training: thresholds, loads, records
* ``links``             links that let a browser download or upload one file
* ``sources``           the athlete's data: Strava's live API, or the athlete's own export
* ``sandbox``           a Strava API service with invented athletes
* ``recordings``        FIT, GPX and TCX files
* ``training``          measures of training: pure functions from numbers to numbers
* ``store``             what is remembered between requests: SQLite or DynamoDB
* ``log``               structured logs without secrets
* ``derived_keys``      signing keys
* ``config``            settings
* ``library_errors``    exceptions of libraries, translated
* ``flask_app``         a Flask app that starts fast
* ``page_design``       what all HTML pages share: template, style, mark
* ``display_units``     SI values in the units that replies show
* foundations           ``errors``, ``aws_advice``, ``identity``, ``data_folder``, ``json_types``,
                        ``escaping``, ``sports``, ``sport_words``, ``word_matching``, ``units``,
                        ``geo``, ``polyline``
"""

__version__ = "1.0.0"
