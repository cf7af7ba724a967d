"""The DynamoDB table of ``store.dynamodb``: made once, as often as asked."""

from typing import Any

WAIT = {"Delay": 1, "MaxAttempts": 60}


def ensure(client: Any, name: str) -> bool:
    """Make the table unless there is one, with TTL and point-in-time recovery; whether it was made.

    ``client``: boto3's for DynamoDB. Raises botocore's ClientError where it is not allowed to.
    """
    made = create(client, name)
    _protect(client, name)
    return made


def create(client: Any, name: str) -> bool:
    """Make the bare table unless there is one; whether it was made."""
    missing = name not in _names(client)
    if missing:
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "space", "KeyType": "HASH"},
                {"AttributeName": "id", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "space", "AttributeType": "S"},
                {"AttributeName": "id", "AttributeType": "S"},
            ],
        )
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=WAIT)
    return missing


def _names(client: Any) -> set[str]:
    pages = client.get_paginator("list_tables").paginate()
    return {name for page in pages for name in page["TableNames"]}


def _protect(client: Any, name: str) -> None:
    """Expired records go by themselves, and a mistake can be undone for 35 days."""
    ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if ttl["TimeToLiveStatus"] in ("DISABLED", "DISABLING"):
        client.update_time_to_live(
            TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}
        )
    client.update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
