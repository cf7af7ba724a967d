"""Other processes of a test, started from a server that has imported what they need."""

import multiprocessing

#: Unlike forked processes, they share no memory, threads or open files with the test.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.rig", "strava_mcp.store.sqlite"])
