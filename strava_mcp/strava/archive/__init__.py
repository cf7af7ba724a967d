"""The athlete's own export: imported once, then answering as Strava would.

* what comes in    ``export`` opens a zip or a folder; ``catalog`` reads activities.csv in the
                   words of ``wording``; ``belongings`` the smaller tables; ``files`` the recordings
* what is kept     ``library``, one SQLite file; ``columns``, the streams in it
* how it gets in   ``importing``, ``matching``
* what it answers  ``source``; ``privacy`` hides where home is; ``published`` is the library on S3
"""
