"""The DynamoDB table behind ``store.dynamodb``; creating it is idempotent."""

from typing import Any

WAITER_CONFIG = {"Delay": 1, "MaxAttempts": 60}


def ensure(client: Any, name: str) -> bool:
    """Create the table if it is missing; enable TTL and point-in-time recovery.

    ``client``: a boto3 client for DynamoDB. Returns whether the table was created. Raises
    botocore's ClientError.
    """
    is_created = create(client, name)
    _enable_expiry_and_recovery(client, name)
    return is_created


def create(client: Any, name: str) -> bool:
    """Create the table, without TTL and recovery, if it is missing. Returns whether it was."""
    is_missing = name not in _table_names(client)
    if is_missing:
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
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=WAITER_CONFIG)
    return is_missing


def _table_names(client: Any) -> set[str]:
    pages = client.get_paginator("list_tables").paginate()
    return {name for page in pages for name in page["TableNames"]}


def _enable_expiry_and_recovery(client: Any, name: str) -> None:
    """Let DynamoDB delete expired records, and allow restoring the last 35 days."""
    ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if ttl["TimeToLiveStatus"] in ("DISABLED", "DISABLING"):
        client.update_time_to_live(
            TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}
        )
    client.update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
