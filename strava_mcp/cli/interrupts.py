"""Ctrl-C that takes effect only where the program asks for it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def deferred_interrupts() -> Iterator[Callable[[], None]]:
    """Hold SIGINT back; yield a function that raises KeyboardInterrupt if one is pending.

    An import is interrupted between activities and never within one: a parser may take the
    exception for an error in its file. Worker processes inherit the blocked signal,
    so they do not print a traceback each.
    """
    from multiprocessing import resource_tracker

    # Starting the tracker unblocks SIGINT, so it has to start before the signal is blocked.
    resource_tracker.ensure_running()
    kinds = {signal.SIGINT}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, kinds)

    def consume_pending() -> bool:
        return signal.SIGINT in signal.sigpending() and bool(signal.sigwait(kinds))

    def raise_pending() -> None:
        if consume_pending() and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            raise KeyboardInterrupt

    try:
        yield raise_pending
    finally:
        consume_pending()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
