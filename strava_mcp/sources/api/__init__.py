"""Strava's live API; the sandbox is read through the same client.

From a call down to the network:

* ``client``            the source: tokens, cache and endpoints of one athlete
* ``endpoints``         ``Source`` methods → endpoints of API v3, and the shape of each response
* ``cache``             cached responses
* ``tokens``            access tokens, refreshed before they expire
* ``connections``       which athletes are connected, and what they granted
* ``vault``             encrypted records
* ``application``       OAuth endpoints: authorization, tokens, revocation
* ``transport``         the HTTP session: timeouts and retries
* ``rate_limits``       Strava's rate limits, checked before each call
* ``errors``            Strava's error responses → exceptions
* ``subscription``, ``events``, ``deauthorizations``  webhooks
"""
