"""The athlete's own export: imported once, then answering as Strava would.

* what comes in    ``export`` opens a zip or a folder. ``catalog`` reads activities.csv: ``table``
                   its rows, ``wording`` its headings, ``sport_words``, ``dates`` and
                   ``quantities`` its cells; ``forms`` and ``facts`` are what they say.
                   ``belongings`` and ``routefiles`` read the smaller tables, ``files`` recordings
* how it gets in   ``importing``, with ``reading`` in processes of its own; ``assembling`` makes an
                   activity of its row and its recording; ``matching`` takes single files
* what is kept     ``library``, one SQLite file of ``entry`` and ``columns``
* what it answers  ``source``, with ``totals``; ``privacy`` hides where home is; ``published`` is
                   the library on S3, ``shelf`` where it is at hand
"""
