"""Measures of training: pure functions from numbers to numbers, without input or output.

* a recording      ``plausible`` and ``readings``: which values to believe; ``series``: statistics
  and downsampling; ``per_second``: a value per second; ``rolling``: means over a window;
  ``track``: distance, speed and grade; ``climbing``: ascent; ``totals``: summary values;
  ``splits``: splits and laps; ``even_steps``: a value per step, for charts
* an effort        ``efforts``: fastest distances; ``mean_maximal``: best means; ``power``:
  normalized power; ``grade_adjusted``, ``decoupling``, ``durability``, ``w_balance``,
  ``intervals``, ``repetition_sets`` and ``interval_sets``, ``pacing``, ``climbs``, ``swimming``
* load             ``heart_rate_load``, ``pace_load``; over time ``fitness`` and ``monotony``
* an athlete       ``critical_power``, ``race_times``, ``age_grade``, ``zones``,
  ``intensity_distribution``
* what is kept     ``activity_metrics``: everything that is computed once from every sample
* many activities  ``activity_stats``, ``eddington``, ``streaks``, ``route_likeness``, ``time_gap``,
  ``trend``, ``local_days``

Each file names its source. A measure that the data do not support raises
``unmeasurable.Unmeasurable`` with the reason.
"""
