"""The archive that the tests of sources read, too."""

from tests.sources.conftest import sandbox_home

__all__ = ["sandbox_home"]
