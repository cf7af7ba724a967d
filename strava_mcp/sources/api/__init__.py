"""Strava's live API; the sandbox is reached through the same client.

The way of one call, ``activities()``, down to the network:

1. ``endpoints`` maps it to ``GET /athlete/activities``. ``athlete_requests``, its subclass, has the
   rest of the way, in ``_request`` and ``_send``.
2. ``tokens`` gives the athlete's key (``connections`` knows who the owner is); ``cache`` looks for
   a response under that key in the ``store``.
3. ``tokens`` provides an access token, from memory or the ``vault``; if it expires soon,
   ``application`` refreshes it.
4. ``transport`` has ``rate_limits`` reserve the call, counts it among the ``answer_reads``, and
   sends it; a failed read is sent again. The adapter that ``client`` gave it leads to Strava, or to
   the sandbox (``sandbox.adapter``).
5. Back up: ``errors`` raises exceptions for error responses, ``cache`` stores the others.

The modules:

* ``client``            the source: lists, metrics, connecting; opens Strava's API or the sandbox
* ``athlete_requests``  requests with an athlete's data: combines the modules below
* ``endpoints``         ``Source`` methods → endpoints of API v3, and the shape of each response
* ``cache``             cached responses
* ``tokens``            access tokens, refreshed before they expire
* ``connections``       which athletes are connected, and what they granted
* ``vault``             encrypted records
* ``application``       OAuth endpoints: authorization, tokens, revocation
* ``transport``         the HTTP session: timeouts and retries
* ``rate_limits``       Strava's rate limits, checked before each call
* ``answer_reads``      the requests that one answer may send
* ``errors``            Strava's error responses → exceptions
* ``subscription``, ``events``, ``deauthorizations``  webhooks
"""
