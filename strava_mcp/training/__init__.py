"""Measures of training: pure functions from numbers to numbers, without input or output.

``series``: statistics of recorded series, and downsampling. ``track``: distance, speed and grade
from positions and odometer readings. ``totals``: the summary values of a recording, with
``climbing`` for its ascent. ``splits``: splits and laps. ``efforts``: the best efforts of a run.
``activity_stats``: totals over many activities.
"""
