"""A Strava of our own: one athlete, three years of training, no real data.

It speaks Strava's API v3 as the public description has it, so that the server can be used, shown
and tested through its ordinary client with nothing configured.

* who, where, when   ``athlete``, ``gear``; ``courses``, ``geo``; ``seasons``, ``titles``
* what was trained   ``calendar`` makes a ``plan`` for each activity of a date
* what is told of it ``recording``, ``laps``, ``streams``, ``segments``, ``routes``, ``activities``
* what callers add   ``state``, ``creations``, ``uploads``, ``fit``; ``views`` puts all together
* on the wire        ``app``, ``v3``, ``oauth``, ``grants``, ``limits``, ``parts``, ``adapter``
"""
