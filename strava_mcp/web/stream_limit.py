"""How many connections may stay open in this process: each takes a thread of it."""

import threading


class Places:
    """How many streams are open in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.taken = 0

    def take(self, most: int) -> bool:
        """Take a place; False where all are taken."""
        with self._lock:
            if self.taken >= most:
                return False
            self.taken += 1
            return True

    def leave(self) -> None:
        """Give the place back."""
        with self._lock:
            self.taken -= 1


PLACES = Places()
