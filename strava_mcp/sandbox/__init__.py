"""A Strava API v3 service with three invented athletes, each with three years of training.

It follows the public API description. The server reaches it through the same client as the real
one, so that it can be used, demonstrated and tested with nothing configured.

A request passes ``adapter``, ``app`` and ``v3``. ``v3.activities`` asks ``history`` for a page,
which takes plans from ``calendar`` and the athlete's changes from ``state``; ``activities`` renders
them.

* who and where     ``athlete``, ``clubs``, ``gear``; ``courses`` with their ``shapes`` and
  ``profiles``, ``segments``, ``routes``; ``weather``
* training          ``seasons``, ``sessions`` and ``workouts`` shape it; ``body`` is what it does to
  the athlete, ``physics`` what speed costs; ``planner`` turns each session into a ``plan`` (an
  ``outing`` with its totals) with a name from ``titles``; ``calendar`` has the plans of each date
* an activity       ``recording`` makes streams from a plan: ``motion`` is what they did, and
  ``sensors`` record it with the noise of ``signals``; ``streams`` selects from it; ``laps``,
  ``efforts`` and ``activity_zones`` are computed from streams; ``activities`` assembles everything
* callers' changes  ``state`` keeps them; ``creations``, ``uploads`` and ``uploaded`` make new
  activities; ``history`` is an athlete's calendar with these changes
* HTTP              ``app`` authenticates and counts calls; ``oauth``, ``consent_page``, ``grants``
  are Strava's sign-in; ``v3`` has the operations of the API, ``subscriptions`` its webhooks;
  ``rate_limits``, ``request_context`` and ``errors`` serve all of them
* in process        ``adapter`` calls the app without a socket
* for people        ``notice`` is what every surface says about it
"""
