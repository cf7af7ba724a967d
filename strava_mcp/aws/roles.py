"""The IAM role of the function, with the minimal permissions."""

import json
from typing import Any

from strava_mcp.json_types import JSON

#: Trust policy: who may assume the role.
TRUST_POLICY: JSON = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def policy(function: str, table: str, secret_arn: str = "", archive_url: str = "") -> JSON:
    """Build the policy: the function's own log and table; its secret and archive, if any."""
    statements: list[JSON] = [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"arn:aws:logs:*:*:log-group:/aws/lambda/{function}:*",
        },
        {
            "Effect": "Allow",
            "Action": [
                *("dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
                "dynamodb:Query",
            ],
            "Resource": f"arn:aws:dynamodb:*:*:table/{table}",
        },
    ]
    if secret_arn:
        statements.append(
            {
                "Effect": "Allow",
                "Action": ["secretsmanager:GetSecretValue"],
                "Resource": secret_arn,
            }
        )
    if archive_url:
        bucket, _, prefix = archive_url.removeprefix("s3://").partition("/")
        objects = f"{prefix}/*" if prefix else "*"
        statements += [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": f"arn:aws:s3:::{bucket}/{objects}",
            },
            # Without this permission S3 answers 403 instead of 404 for a missing object.
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket"],
                "Resource": f"arn:aws:s3:::{bucket}",
                "Condition": {"StringLike": {"s3:prefix": [objects]}},
            },
        ]
    return {"Version": "2012-10-17", "Statement": statements}


def ensure(client: Any, name: str, document: JSON) -> bool:
    """Create the role if it is missing and set its policy. Returns whether it was created.

    ``client``: a boto3 client for IAM. Raises botocore's ClientError.
    """
    is_missing = not exists(client, name)
    if is_missing:
        client.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST_POLICY))
    client.put_role_policy(
        RoleName=name, PolicyName="strava-mcp", PolicyDocument=json.dumps(document)
    )
    return is_missing


def exists(client: Any, name: str) -> bool:
    """Whether the role exists."""
    try:
        client.get_role(RoleName=name)
    except client.exceptions.NoSuchEntityException:
        return False
    return True
