"""Thirty questions of an athlete and a coach, each answered in one call or two.

``table`` lists the questions with their calls. The tests make the calls over HTTP, on the sandbox
and on an archive of its athlete, and compute the right answers from the list of activities and the
raw samples (``raw``), by other code than that under test.
"""
