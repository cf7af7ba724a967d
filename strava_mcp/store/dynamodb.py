"""The store in DynamoDB: one table, one conditional write per operation.

The partition key ``space`` is the namespace, the sort key ``id`` the key. ``value`` is JSON text,
``counted`` a counter, ``version`` a number, ``expires_at`` the exact time of expiry. ``ttl`` is the
same in whole seconds: DynamoDB deletes items within days after it, so ``expires_at`` is always
checked as well. Reads are consistent, because a token is often used right after it was issued.
"""

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from strava_mcp.errors import StoreError
from strava_mcp.library_errors import AwsError, aws_errors
from strava_mcp.store.base import Record, Store, Value, may_exist

Item = dict[str, Any]

#: Three tries end well before Lambda's time limit.
CONNECT_S, READ_S, TRIES = 2, 4, 3

#: Placeholders: words such as ``value`` and ``ttl`` are reserved in expressions.
NAMES = {"#v": "value", "#n": "version", "#t": "expires_at", "#l": "ttl", "#i": "id"}
ALIVE = "(attribute_not_exists(#t) OR #t > :now)"
EXISTS = f"attribute_exists(#i) AND {ALIVE}"
ABSENT = "attribute_not_exists(#i) OR #t <= :now"


class ConditionFailed(Exception):
    """The condition of a conditional write does not hold."""


class DynamoDBStore(Store):
    """A store in an existing DynamoDB table (see ``strava_mcp.aws.tables``).

    ``table``: its name. Region, credentials and endpoint are those of the AWS environment.
    """

    @property
    def poll_interval_s(self) -> float:
        return 0.5  # AWS charges for each poll

    def __init__(self, table: str) -> None:
        import boto3
        from botocore.config import Config

        self._table = table
        retries = {"total_max_attempts": TRIES, "mode": "standard"}
        with _store_errors():
            self._client = boto3.client(
                "dynamodb",
                config=Config(
                    connect_timeout=CONNECT_S,
                    read_timeout=READ_S,
                    retries=retries,
                    max_pool_connections=32,
                ),
            )

    def get(self, namespace: str, key: str) -> Record | None:
        if not may_exist(key):
            return None
        with _store_errors():
            response = self._client.get_item(
                TableName=self._table, Key=_key(namespace, key), ConsistentRead=True
            )
        record = _record(response["Item"]) if "Item" in response else None
        return record if record and _is_alive(record) else None

    def put(self, namespace: str, key: str, value: Value, expires_at: float | None = None) -> None:
        self._update(namespace, key, _setting(value, expires_at))

    def create(
        self, namespace: str, key: str, value: Value, expires_at: float | None = None
    ) -> bool:
        return self._update(namespace, key, _setting(value, expires_at), ABSENT) is not None

    def replace(
        self, namespace: str, key: str, value: Value, version: int, expires_at: float | None = None
    ) -> bool:
        if not may_exist(key):
            return False
        expression, values = _setting(value, expires_at)
        values[":version"] = {"N": str(version)}
        condition = f"#n = :version AND {ALIVE}"
        return self._update(namespace, key, (expression, values), condition) is not None

    def take(self, namespace: str, key: str) -> dict[str, Any] | None:
        if not may_exist(key):
            return None
        try:
            with _store_errors():
                deleted = self._client.delete_item(
                    TableName=self._table,
                    Key=_key(namespace, key),
                    ConditionExpression=EXISTS,
                    ExpressionAttributeNames=_used(EXISTS),
                    ExpressionAttributeValues=_now(),
                    ReturnValues="ALL_OLD",
                )
        except ConditionFailed:
            return None
        return _record(deleted["Attributes"]).value

    def delete(self, namespace: str, key: str) -> bool:
        return self.take(namespace, key) is not None

    def records(self, namespace: str, limit: int = 1000) -> list[Record]:
        records: list[Record] = []
        with _store_errors():
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                ConsistentRead=True,
                KeyConditionExpression="#s = :space",
                FilterExpression=ALIVE,
                ExpressionAttributeNames={"#s": "space", **_used(ALIVE)},
                ExpressionAttributeValues={":space": {"S": namespace}, **_now()},
            )
            for page in pages:
                records += map(_record, page["Items"])
                if len(records) >= limit:
                    break
        return records[:limit]

    def increment(self, namespace: str, key: str, by: int, expires_at: float) -> int:
        values = {":by": {"N": str(by)}, **_expiry(expires_at)}
        add = ("ADD #c :by, #n :one SET #t = if_not_exists(#t, :t), #l = if_not_exists(#l, :l)"), {
            **values,
            ":one": {"N": "1"},
        }
        restart = "SET #c = :by, #t = :t, #l = :l, #n = :one", {**values, ":one": {"N": "1"}}
        # Add to a counter that is alive or absent; restart an expired one, unless another call did.
        for change, condition in ((add, ALIVE), (restart, "#t <= :now"), (add, ALIVE)):
            item = self._update(namespace, key, change, condition)
            if item is not None:
                return int(item["counted"]["N"])
        raise StoreError("The store could not count: the record changed too often.")

    def sweep(self) -> int:
        """Do nothing: DynamoDB deletes expired items by itself (TTL), free of charge."""
        return 0

    def close(self) -> None:
        self._client.close()

    def _update(
        self, namespace: str, key: str, change: tuple[str, Item], condition: str = ""
    ) -> Item | None:
        """Write the item. Returns its new attributes; None if ``condition`` does not hold."""
        expression, values = change
        conditions: Item = {"ConditionExpression": condition} if condition else {}
        if ":now" in condition:
            values = {**values, **_now()}
        try:
            with _store_errors():
                updated = self._client.update_item(
                    TableName=self._table,
                    Key=_key(namespace, key),
                    UpdateExpression=expression,
                    ExpressionAttributeNames=_used(f"{expression} {condition}"),
                    ExpressionAttributeValues=values,
                    ReturnValues="ALL_NEW",
                    **conditions,
                )
        except ConditionFailed:
            return None
        return dict(updated["Attributes"])


def _key(namespace: str, key: str) -> Item:
    return {"space": {"S": namespace}, "id": {"S": key}}


def _setting(value: Value, expires_at: float | None) -> tuple[str, Item]:
    """The update expression that writes a value, and the values of its placeholders."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    values: Item = {":v": {"S": text}, ":one": {"N": "1"}}
    if expires_at is None:
        return "SET #v = :v REMOVE #t, #l ADD #n :one", values
    return "SET #v = :v, #t = :t, #l = :l ADD #n :one", values | _expiry(expires_at)


def _expiry(expires_at: float) -> Item:
    return {":t": {"N": repr(float(expires_at))}, ":l": {"N": str(math.ceil(expires_at))}}


def _now() -> Item:
    return {":now": {"N": repr(time.time())}}


def _used(expression: str) -> dict[str, str]:
    """The placeholders of names in an expression: DynamoDB rejects unused ones."""
    names = {**NAMES, "#c": "counted"}
    return {short: name for short, name in names.items() if short in expression}


def _record(item: Item) -> Record:
    expires_at = float(item["expires_at"]["N"]) if "expires_at" in item else None
    value = item["value"]["S"] if "value" in item else item["counted"]["N"]
    return Record(item["id"]["S"], json.loads(value), int(item["version"]["N"]), expires_at)


def _is_alive(record: Record) -> bool:
    return record.expires_at is None or record.expires_at > time.time()


@contextmanager
def _store_errors() -> Iterator[None]:
    """Raise StoreError for AWS's errors, and ConditionFailed for a condition that did not hold."""
    try:
        with aws_errors():
            yield
    except AwsError as exc:
        if exc.code == "ConditionalCheckFailedException":
            raise ConditionFailed from exc
        raise StoreError(f"The store did not answer: {exc}") from exc
