"""The real app, as the tests of the guard have it."""

from tests.web.conftest import app, make

__all__ = ["app", "make"]
