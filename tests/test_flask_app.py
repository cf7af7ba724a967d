"""URLs of lazy rules are those of Werkzeug's own rules, and nothing is compiled before."""

import pytest
from werkzeug.routing import Map, Rule

from strava_mcp.flask_app import LazyRule


@pytest.mark.parametrize(
    "values", [{"name": "a b"}, {"name": "ü", "number": 7}, {"number": 7, "more": "x&y"}]
)
def test_urls_are_the_same(values: dict[str, object]) -> None:
    paths = ("/plain", "/of/<name>", "/of/<name>/<int:number>", "/<int:number>")
    urls = []
    for rule in (Rule, LazyRule):
        routes = Map([rule(path, endpoint=path) for path in paths]).bind("host")
        for path in paths:
            if all(f"{name}>" not in path or name in values for name in ("name", "number")):
                urls.append((rule, path, routes.build(path, values), routes.build(path, values)))
    own = [url[1:] for url in urls if url[0] is LazyRule]
    assert own == [url[1:] for url in urls if url[0] is Rule] and len(own) >= 2


def test_nothing_is_compiled_before_a_url_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[object] = []

    def compile_builder(self: Rule, append_unknown: bool = True) -> object:
        compiled.append(self)
        return lambda rule, **values: ("", "/built")

    monkeypatch.setattr(Rule, "_compile_builder", compile_builder)
    routes = Map([LazyRule("/of/<name>", endpoint="of")]).bind("host")
    assert routes.match("/of/x") == ("of", {"name": "x"}) and not compiled
    assert routes.build("of", {"name": "x"}) == "/built" and len(compiled) == 1
