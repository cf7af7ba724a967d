"""Answers about an athlete's training: each module answers one kind of question.

An answer combines a ``Source``, what the athlete gave (``athlete_settings``) and the pure functions
of ``training``. It knows no request and no source by name. ``subject`` is what every question is
asked about; ``period`` reads its activities; ``thresholds`` and ``loads`` say what each figure
rests on, and ``evidence`` gathers all of this for a period and counts what was seen.

Periods: ``summary`` totals and groups them, and ``compared_days`` are the days to compare with.
``comparison`` puts activities side by side, or all on one route.

Thresholds: ``setting_text`` reads what athletes write, ``candidates`` finds the efforts that
estimates rest on, and ``zones`` answers which zones follow.

Records: ``best_efforts`` ranks efforts, ``records``, ``regularity`` and ``segment_records`` answer,
``estimates`` fits critical power, critical speed and FTP, ``curves`` compares periods, and
``places`` ranks single activities.

``calendar`` goes day by day, and ``tracks`` with ``track_thinning`` say where it was.

Load: ``training_load`` follows fitness, fatigue and form, ``load_outlook`` projects them, and
``race_prediction`` predicts times from the efforts of ``race_efforts``.

One activity: ``session``, from its samples (``session_recording``); its parts are in
``session_intervals``, ``session_splits``, ``session_zones`` and ``session_power``;
``session_coverage`` says what the recording covers. Along its way, as charts draw it:
``activity_steps`` with ``activity_track``; two beside each other: ``compared_steps``. Next to it
in time: ``adjacent``.
"""
