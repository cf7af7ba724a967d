"""Attacks through client documents: SSRF, slow or endless responses, misleading content."""

import hashlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import trustme
from flask import Flask

from strava_mcp.oauth import client_metadata_documents, dns_lookups, safe_fetch
from strava_mcp.services import services
from tests.flow import Flow, InProcess
from tests.site import Site
from tests.waiting import MAX_WAIT_S, eventually
from tests.web.conftest import TOKEN, Make

PRIVATE = [
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1%eth0", "fd00::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1"),
    *("::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "::127.0.0.1"),
    *("2001::1", "fec0::1", "nonsense"),
]

RESOLVE = safe_fetch.resolve


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """The CA that signs the site's certificate."""
    return trustme.CA()


@pytest.fixture
def site(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A local site that counts as public; everything else is as in production."""
    local = Site(authority)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    monkeypatch.setattr(safe_fetch, "tls_context", lambda: context)
    monkeypatch.setattr(safe_fetch, "resolve", lambda host, port, requester: ["127.0.0.1"])
    monkeypatch.setattr(safe_fetch, "is_public", lambda address: True)
    monkeypatch.setattr(safe_fetch, "MAX_S", MAX_WAIT_S)  # however busy this machine is
    yield local
    local.close()


@pytest.fixture
def flow(app: Flask, site: Site) -> Flow:
    flow = Flow(InProcess(app), TOKEN, "http://127.0.0.1:4321/callback")
    flow.client = {"client_id": site.url}
    return flow


@contextmanager
def impatient() -> Iterator[None]:
    """Wait half a second for documents."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(safe_fetch, "MAX_S", 0.5)
        yield


def refuses(flow: Flow, **changes: Any) -> str:
    answer = flow.look(**changes)
    assert answer.status == 400 and "Location" not in answer.headers, answer.text
    return answer.text


def test_client_with_a_document_can_connect(flow: Flow, site: Site) -> None:
    site.respond = lambda handler: site.send(handler, site.document())
    page = flow.look()
    assert page.status == 200
    tokens = flow.connect()
    assert flow.call(tokens["access_token"]).status == 200
    assert flow.refresh(tokens["refresh_token"]).status == 200
    assert site.paths == ["/client.json"], "fetched once, then cached"


def test_document_does_not_verify_a_program_on_the_device(flow: Flow, site: Site) -> None:
    """Any local program can use the client ID and listen on the loopback address."""
    site.respond = lambda handler: site.send(handler, site.document())
    page = flow.look().text
    assert "Verified" not in page and "<strong>Example</strong>" in page
    assert "Any program on this computer can claim this address." in page
    assert "client.example describes an app of this name" in page


def test_document_verifies_its_own_host_only(make: Make, site: Site) -> None:
    own, other = "https://client.example/callback", "https://other.example/callback"
    app = make(oauth_allowed_redirect_uris=(own, other))
    site.respond = lambda handler: site.send(handler, site.document(redirect_uris=[own, other]))
    flow = Flow(InProcess(app), TOKEN, own, {"client_id": site.url})
    page = flow.look().text
    assert "Verified: client.example" in page
    assert "<strong>client.example</strong>" in page, "the question names the verified host"
    assert "nobody has verified" in page, "the name is self-declared"
    page = flow.look(redirect_uri=other).text
    assert "Verified" not in page and "<strong>Example</strong>" in page


@pytest.mark.parametrize("address", PRIVATE)
def test_address_that_is_not_public_is_never_connected_to(
    flow: Flow, site: Site, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(safe_fetch, "resolve", lambda host, port, requester: [address])
    called: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args: called.append(args))
    assert "not at a public address" in refuses(flow)
    # One private address among public ones is enough to refuse.
    monkeypatch.setattr(safe_fetch, "resolve", lambda host, port, requester: ["8.8.8.8", address])
    assert "not at a public address" in refuses(flow)
    assert called == [] and site.paths == []


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/client.json",
        "https://localhost/client.json",
        "https://[::1]/client.json",
        "https://2130706433/client.json",
        "https://0x7f.1/client.json",
        "https://127.1/client.json",
    ],
)
def test_names_of_this_machine_are_refused(app: Flask, url: str) -> None:
    """With the real resolver."""
    flow = Flow(InProcess(app), TOKEN, client={"client_id": url})
    refuses(flow)


def test_public_addresses_are_public() -> None:
    for address in ("8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"):
        assert safe_fetch.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://client.example/client.json",
        "https://client.example",
        "https://client.example/a#b",
        "https://client.example/a/../b",
        "https://client.example/%2e%2e/b",
        "https://user:pass@client.example/c",
        "https://client.example\\@evil.example/c",
        "https://client.example/" + "x" * 600,
        "https:///client.json",
        "https://client.example:99999/c",
        "ftp://client.example/c",
        "file:///etc/passwd",
    ],
)
def test_malformed_url_is_not_fetched(flow: Flow, site: Site, url: str) -> None:
    refuses(flow, client_id=url)
    assert site.paths == []


def test_connection_goes_to_the_checked_address(
    flow: Flow, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: a second lookup would return another address."""
    site.respond = lambda handler: site.send(handler, site.document())
    answers = [["127.0.0.1"], ["203.0.113.1"]]
    monkeypatch.setattr(safe_fetch, "resolve", lambda host, port, requester: answers.pop(0))

    def again(*args: object, **kwargs: object) -> None:
        raise AssertionError("the name was looked up again")

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *args, **kw: again() if host == "client.example" else real(host, *args, **kw),
    )
    assert flow.look().status == 200


def test_certificate_must_name_the_host(flow: Flow, site: Site) -> None:
    other = f"https://other.example:{site.port}/client.json"
    assert "did not respond correctly" in refuses(flow, client_id=other)
    assert site.paths == []


@pytest.mark.parametrize("status", [301, 302, 307, 204, 404, 500])
def test_redirects_and_failures_are_not_followed(flow: Flow, site: Site, status: int) -> None:
    site.respond = lambda handler: site.send(handler, b"", status)
    assert str(status) in refuses(flow)
    assert site.paths == ["/client.json"]


@pytest.mark.parametrize("size", [5121, 1_000_000])
def test_large_document_is_refused(flow: Flow, site: Site, size: int) -> None:
    site.respond = lambda handler: site.send(handler, site.document(x="y" * size))
    assert "5120 bytes" in refuses(flow)


def test_endless_document_is_refused(flow: Flow, site: Site) -> None:
    sent: list[int] = []

    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        for _ in range(40):
            handler.wfile.write(b" " * 1_000_000)
            sent.append(1)

    site.respond = endless
    assert "5120 bytes" in refuses(flow)
    assert len(sent) < 40, "it was not read to its end"


@pytest.mark.parametrize("where", ["head", "body", "handshake"])
def test_slow_site_is_abandoned(
    flow: Flow, site: Site, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """The deadline applies to the whole fetch, however steadily single bytes arrive."""
    monkeypatch.setattr(safe_fetch, "MAX_S", 0.5)
    ended, sent = threading.Event(), []

    def drip(handler: Any) -> None:
        if where == "body":
            handler.send_response(200)
            handler.send_header("Content-Type", "application/json")
            handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            sent.append(1)
            if ended.wait(0.1):
                return

    site.respond = drip
    silent = socket.create_server(("127.0.0.1", 0))
    url = site.url
    if where == "handshake":
        url = f"https://client.example:{silent.getsockname()[1]}/client.json"
    try:
        refuses(flow, client_id=url)
    finally:
        ended.set()
        silent.close()
    assert len(sent) < 100, "of 200"


@pytest.fixture
def hanging(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names that were looked up and never resolve: those that begin with ``slow``.

    All others are the site's.
    """
    monkeypatch.setattr(safe_fetch, "resolve", RESOLVE)
    ended, hosts, real = threading.Event(), [], socket.getaddrinfo

    def look_up(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        if not host.startswith("slow"):
            return real("127.0.0.1", *args, **kwargs)
        hosts.append(host)
        ended.wait()
        raise OSError

    monkeypatch.setattr(dns_lookups.socket, "getaddrinfo", look_up)
    yield hosts
    ended.set()
    eventually(lambda: not safe_fetch.LOOKUPS.running)


def from_address(app: Flask, address: str) -> Flow:
    return Flow(InProcess(app, address), TOKEN, "http://127.0.0.1:4321/callback")


def test_slow_resolver_is_abandoned(flow: Flow, hanging: list[str]) -> None:
    """The system's resolver may take half a minute; one network holds six places at most."""
    with impatient():
        for number in range(9):
            refuses(flow, client_id=f"https://slow.example/{number}.json")
    eventually(lambda: len(hanging) == dns_lookups.MAX_PER_REQUESTER)
    assert safe_fetch.LOOKUPS.running == dns_lookups.MAX_PER_REQUESTER


def test_names_that_hang_do_not_block_other_documents(
    app: Flask, site: Site, hanging: list[str]
) -> None:
    """Neither for others nor for whoever asked for them."""
    site.respond = lambda handler: site.send(handler, site.document())
    attacker = from_address(app, "203.0.113.9")
    with impatient():
        for number in range(4):
            refuses(attacker, client_id=f"https://slow{number}.example/client.json")
    eventually(lambda: len(hanging) == 4)
    assert safe_fetch.LOOKUPS.running == 4
    for address in ("203.0.113.9", "127.0.0.1"):
        assert from_address(app, address).look(client_id=site.url).status == 200
    for record in services(app).store.records(client_metadata_documents.NAMESPACE):
        services(app).store.delete(client_metadata_documents.NAMESPACE, record.key)
    assert from_address(app, "127.0.0.1").look(client_id=site.url).status == 200


def test_known_clients_and_browsers_are_served_while_all_places_are_taken(
    app: Flask, site: Site, hanging: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal for want of a place is not remembered as a fault of the document."""
    monkeypatch.setattr(dns_lookups, "MAX_LOOKUPS", 4)
    site.respond = lambda handler: site.send(handler, site.document())
    owner = from_address(app, "127.0.0.1")
    owner.register()
    owner.connect()
    with impatient():
        for number in range(4):
            attacker = from_address(app, f"203.0.113.{number}")
            refuses(attacker, client_id=f"https://slow{number}.example/client.json")
    stranger = from_address(app, "198.51.100.1")
    assert "try again" in refuses(stranger, client_id=site.url)
    assert owner.look(client_id=site.url).status == 200, "the owner's browser"
    services(app).store.delete(client_metadata_documents.NAMESPACE, _key_of(site.url))
    monkeypatch.setattr(client_metadata_documents, "KNOWN", {site.url})
    assert stranger.look(client_id=site.url).status == 200, "a well-known client"


def _key_of(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def test_documents_of_approved_clients_are_fetched_whatever_strangers_do(
    flow: Flow, app: Flask, site: Site
) -> None:
    site.respond = lambda handler: site.send(handler, site.document())
    flow.connect()
    services(app).store.delete(client_metadata_documents.NAMESPACE, _key_of(site.url))
    stranger = from_address(app, "198.51.100.1")
    for number in range(client_metadata_documents.PER_KEY):
        refuses(stranger, client_id=f"{site.url}{number}")
    assert "Too many" in refuses(stranger, client_id=f"{site.url}x")
    assert stranger.look(client_id=site.url).status == 200


def test_strangers_do_not_use_up_the_fetches_of_others(
    app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser in which the owner approved before has fetches of its own, whatever its network."""
    monkeypatch.setattr(client_metadata_documents, "OVERALL", 4)
    site.respond = lambda handler: site.send(handler, b"", 404)
    base = f"https://client.example:{site.port}"
    owner = from_address(app, "203.0.113.1")
    owner.register()
    owner.connect()
    for address in range(4):
        for number in range(client_metadata_documents.PER_KEY):
            attacker = from_address(app, f"203.0.113.{address}")
            refuses(attacker, client_id=f"{base}/{address}/{number}.json")
    assert "Too many" in refuses(attacker, client_id=f"{base}/last.json")
    site.respond = lambda handler: site.send(handler, site.document())
    assert owner.look(client_id=site.url).status == 200
    services(app).store.delete(client_metadata_documents.NAMESPACE, _key_of(site.url))
    assert from_address(app, "198.51.100.1").look(client_id=site.url).status == 200


def test_connection_made_at_the_deadline_is_closed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = safe_fetch.PinnedConnection("client.example", site.port, "127.0.0.1", 3.0)
    connection.abort()
    with pytest.raises(TimeoutError):
        connection.connect()
    assert site.paths == []
    connection.close()


def test_failure_is_cached(flow: Flow, site: Site) -> None:
    site.respond = lambda handler: site.send(handler, b"", 500)
    assert [("500" in refuses(flow)) for _ in range(4)] == [True] * 4
    assert site.paths == ["/client.json"]


def test_well_known_client_is_fetched_even_over_the_limit(
    flow: Flow, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_metadata_documents, "PER_KEY", 0)
    monkeypatch.setattr(client_metadata_documents, "KNOWN", {site.url})
    site.respond = lambda handler: site.send(handler, site.document())
    assert "Too many" in refuses(flow, client_id=site.url + "x")
    assert flow.look().status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://client.example/other.json"},
        {"client_id": None},
        {"redirect_uris": None},
        {"redirect_uris": "http://127.0.0.1/callback"},
        {"redirect_uris": [7]},
        {"redirect_uris": ["\ud800", "http://127.0.0.1/callback"]},
        {"redirect_uris": []},
        {"redirect_uris": ["https://evil.example/cb"]},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"client_secret": "x"},
        {"client_name": ["x"]},
    ],
)
def test_document_with_invalid_metadata_is_refused(
    flow: Flow, site: Site, changes: dict[str, Any]
) -> None:
    site.respond = lambda handler: site.send(handler, site.document(**changes))
    refuses(flow)


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff", b"[" * 5000, b"null"])
def test_document_that_is_not_a_json_object_is_refused(flow: Flow, site: Site, body: bytes) -> None:
    site.respond = lambda handler: site.send(handler, body)
    refuses(flow)


def test_html_page_is_refused(flow: Flow, site: Site) -> None:
    site.respond = lambda handler: site.send(handler, site.document(), media="text/html")
    assert "application/json" in refuses(flow)


def test_document_may_list_redirect_uris_that_are_not_allowed(flow: Flow, site: Site) -> None:
    """It is written for all servers; only the allowed ones work here."""
    uris = ["https://elsewhere.example/cb", "http://127.0.0.1/callback"]
    site.respond = lambda handler: site.send(handler, site.document(redirect_uris=uris))
    assert flow.look().status == 200
    refuses(flow, redirect_uri="https://elsewhere.example/cb")


def test_document_fetches_are_throttled(flow: Flow, site: Site) -> None:
    for number in range(client_metadata_documents.PER_KEY + 5):
        refuses(flow, client_id=f"https://client.example:{site.port}/{number}.json")
    assert len(site.paths) == client_metadata_documents.PER_KEY
    refused = refuses(flow, client_id=f"https://client.example:{site.port}/last.json")
    assert "Too many" in refused


def test_token_endpoint_fetches_no_document(flow: Flow, site: Site) -> None:
    answer = flow.redeem("x", client_id="https://client.example/never.json")
    assert answer.status == 400 and answer.json["error"] == "invalid_grant"
    assert site.paths == []


@pytest.mark.parametrize(
    "header, lifetime_s",
    [
        ("", 3600),
        ("max-age=10", 300),
        ("public, max-age=1200", 1200),
        ("max-age=999999999", 3600),
        ("no-store", 300),
        ("no-cache, max-age=1200", 300),
    ],
)
def test_document_is_cached_within_bounds(header: str, lifetime_s: int) -> None:
    assert client_metadata_documents.lifetime_s(header) == lifetime_s


def test_client_name_in_a_document_is_sanitized(flow: Flow, site: Site) -> None:
    site.respond = lambda handler: site.send(
        handler, site.document(client_name="<b>\u202egpj" + "x" * 500)
    )
    page = flow.look()
    assert page.status == 200 and "<b>\u202e" not in page.text and "\u202e" not in page.text
    assert "x" * 101 not in page.text


def test_document_changed_after_the_page_was_shown_is_refused(flow: Flow, site: Site) -> None:
    """Without a redirect_uri in the URL, the document decides where the code is sent."""
    first, second = "http://127.0.0.1/callback", "https://chatgpt.com/connector/oauth/attacker"
    site.respond = lambda handler: site.send(handler, site.document(redirect_uris=[first]))
    url = flow.request(redirect_uri=None)
    page = flow.http.send("GET", url)
    assert page.status == 200
    store = services(flow.http.client.application).store
    for record in store.records(client_metadata_documents.NAMESPACE):
        store.delete(client_metadata_documents.NAMESPACE, record.key)
    site.respond = lambda handler: site.send(handler, site.document(redirect_uris=[second]))
    answer = flow.decide(page, url)
    assert answer.status == 403 and "Location" not in answer.headers
