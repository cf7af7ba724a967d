"""The objects that live as long as the app: each is created when it is needed, and once."""

import threading
from pathlib import Path

from strava_mcp.config import Config
from strava_mcp.services import Services, shared


def test_objects_are_created_once_for_all_threads(tmp_path: Path) -> None:
    created: list[object] = []
    started = threading.Barrier(8)

    class Slow(Services):
        @shared
        def slow(self) -> object:
            """Take long enough for others to ask as well."""
            threading.Event().wait(0.02)
            created.append(object())
            return created[-1]

    services = Slow(Config(home=tmp_path / "home"))
    seen: list[object] = []

    def read() -> None:
        started.wait()
        seen.append(services.slow)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    services.close()
    assert len(created) == 1 and seen == created * 8


def test_a_revocation_reaches_the_grants_that_check_tokens(tmp_path: Path) -> None:
    services = Services(Config(home=tmp_path / "home"))
    assert services.grants is services.authorization.grants
    assert services.server is services.server
    services.close()
