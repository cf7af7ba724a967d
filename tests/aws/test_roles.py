"""The policy of the function's role, compared with the requests that a server sends to AWS."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import boto3
import pytest
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.aws.roles import policy
from strava_mcp.config import Config
from strava_mcp.errors import NotConnected
from strava_mcp.services import services
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.publishing import publish
from tests.cli.test_commands import TOKEN, run
from tests.sources.archive.imported import archive_of, import_into
from tests.sources.archive.maker import bulk_export
from tests.sources.archive.test_s3 import Cloud, s3_cloud  # noqa: F401

#: S3 operations → required action (Service Authorization Reference, Amazon S3).
NEEDED = {
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "ListObjectsV2": "s3:ListBucket",
    "PutObject": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
}
Requests = list[tuple[str, str, str]]


def allows(document: dict[str, Any], action: str, bucket: str, key: str) -> bool:
    """Whether a policy permits an action on an object, or listing a prefix."""
    lists = action == "s3:ListBucket"
    resource = f"arn:aws:s3:::{bucket}" if lists else f"arn:aws:s3:::{bucket}/{key}"
    for statement in document["Statement"]:
        prefixes = statement.get("Condition", {}).get("StringLike", {}).get("s3:prefix", ["*"])
        if (
            action in statement["Action"]
            and fnmatchcase(resource, statement["Resource"])
            and (not lists or any(fnmatchcase(key, prefix) for prefix in prefixes))
        ):
            return True
    return False


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Requests:
    """Requests to S3: action, bucket and key."""
    recorded: Requests = []
    make = boto3.client

    def recording_client(service: str, **options: Any) -> Any:
        client = make(service, **options)

        def note(params: dict[str, Any], model: Any, **_: Any) -> None:
            key = params.get("Key") or params.get("Prefix", "")
            recorded.append((NEEDED[model.name], params["Bucket"], key))

        client.meta.events.register("provide-client-params.s3", note)
        return client

    monkeypatch.setattr("boto3.client", recording_client)
    return recorded


@pytest.mark.parametrize("url", ["s3://athlete/my/data", "s3://athlete"])
def test_policy_permits_exactly_what_a_server_does(
    url: str, s3_cloud: Cloud, tmp_path: Path, requests: Requests, monkeypatch: Any  # noqa: F811
) -> None:
    document = policy("strava-mcp-production", "table", archive_url=url)
    truths = bulk_export(tmp_path / "export.zip", 8)
    import_into(tmp_path / "home", tmp_path / "export.zip")
    monkeypatch.setattr("strava_mcp.sources.archive.s3_storage.POLL_INTERVAL_S", 0)
    source = archive_of(tmp_path / "server", archive_url=url)
    with pytest.raises(NotConnected):
        source.activities()
    publish(Library(tmp_path / "home" / FILE), url, None, lambda *_: None)
    owners = [one for one in requests if one[0] in ("s3:PutObject", "s3:DeleteObject")]
    requests.clear()
    source.activities()
    source.streams(truths[0].id, ["time"])
    source.activities()
    assert len(requests) >= 3 and {action for action, _, _ in requests} == {"s3:GetObject"}
    for one in requests:
        assert allows(document, *one), one
    assert owners and not any(allows(document, *one) for one in owners)
    assert not allows(document, "s3:GetObject", "another", "strava/catalog.db.gz")
    prefix = url.removeprefix("s3://athlete").strip("/")
    beside = f"{prefix}-2/catalog.db.gz"
    assert allows(document, "s3:GetObject", "athlete", beside) == (not prefix)
    # S3 answers 404 for a missing object only with permission to list it.
    catalog = f"{prefix}/catalog.db.gz".strip("/")
    assert allows(document, "s3:ListBucket", "athlete", catalog)
    assert allows(document, "s3:ListBucket", "athlete", beside) == (not prefix)


def test_policy_has_no_s3_actions_without_an_archive() -> None:
    assert "s3:" not in json.dumps(policy("strava-mcp-production", "table", "arn:aws:secret"))


def test_policy_has_no_wildcard_actions() -> None:
    document = policy("f", "t", "arn:aws:secretsmanager:eu-central-1:1:secret:x", "s3://b-1/p")
    actions = [action for one in document["Statement"] for action in one["Action"]]
    assert not any("*" in action for action in actions)
    assert {action.split(":")[0] for action in actions} == {
        *("logs", "dynamodb", "secretsmanager", "s3")
    }


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.chdir(tmp_path)
    app_ = create_app(Config(home=tmp_path / "home", auth_tokens=(TOKEN,)))
    yield app_
    services(app_).close()


def test_existing_role_is_updated_for_the_archive(
    app: Flask, s3_cloud: Cloud  # noqa: F811
) -> None:
    """The role has exactly the policy that `flask setup role` prints."""
    client = boto3.client("iam")

    def statements() -> list[dict[str, Any]]:
        policy = client.get_role_policy(RoleName="strava-mcp-lambda", PolicyName="strava-mcp")
        assert policy["PolicyDocument"] == json.loads(run(app, "setup", "role"))
        return list(policy["PolicyDocument"]["Statement"])

    run(app, "setup", "--yes")
    assert "is created" in run(app, "setup", "role", "--create")
    before = statements()
    output = run(app, "setup", "--yes", "--archive", "s3://athlete/strava")
    assert "`flask setup role --create`" in output
    assert "is up to date" in run(app, "setup", "role", "--create")
    after = statements()
    assert after[: len(before)] == before
    assert [one["Action"] for one in after[len(before) :]] == [["s3:GetObject"], ["s3:ListBucket"]]
    run(app, "setup", "--yes", "--archive", "s3://another/place")
    run(app, "setup", "role", "--create")
    assert "athlete" not in json.dumps(statements())
