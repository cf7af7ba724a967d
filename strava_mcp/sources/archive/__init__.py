"""The athlete's own export from Strava as a source: imported once, then answered from a library.

The way of one call, ``activities()``, down to SQLite: ``source`` asks its ``storage`` for the
``library``, which is a file in the data folder or a copy of one on S3. ``Library.page`` runs its
query in ``library_file``. On their way back ``privacy`` redacts the rows, if ARCHIVE_HIDE_HOME is
set. The modules:

* reading    ``export`` opens a zip or a folder; ``catalog`` reads activities.csv;
             ``profile_tables`` (with ``profile_columns``) and ``route_files`` read the rest;
             ``strava_mcp.recordings`` parses recordings
* importing  ``importing`` brings the library up to date; ``workers`` parse recordings in other
             processes; ``build_activity`` combines a row and a recording (``local_time``);
             ``matching`` imports single files and recognizes activities that exist in both;
             ``automatic_import`` imports ARCHIVE_EXPORT when the server starts
* storing    ``library`` (with ``library_file`` and ``library_schema``) stores each
             ``stored_activity`` in SQLite, its recording packed by ``columns``
* answering  ``source`` implements the interface, ``unsupported`` the part that has no data;
             ``parsed`` keeps in memory what questions about a whole history read;
             ``privacy`` removes positions near home
* S3         ``storage`` is the interface, ``s3_storage`` downloads a published library,
             ``publishing`` uploads it, ``s3_prefix`` calls S3
"""
