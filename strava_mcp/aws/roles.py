"""The role of the function: what it may do, and nothing more."""

import json
from typing import Any

from strava_mcp.json_types import JSON

#: Who takes the role on.
TRUST: JSON = {
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
    """The function's own log, its own table, and its own secret and archive if it has them."""
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
        below = f"{prefix}/*" if prefix else "*"
        statements += [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": f"arn:aws:s3:::{bucket}/{below}",
            },
            # Without it S3 says 403 of what is not there, and not 404.
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket"],
                "Resource": f"arn:aws:s3:::{bucket}",
                "Condition": {"StringLike": {"s3:prefix": [below]}},
            },
        ]
    return {"Version": "2012-10-17", "Statement": statements}


def ensure(client: Any, name: str, document: JSON) -> bool:
    """Make the role unless there is one, and give it exactly this policy; whether it was made.

    ``client``: boto3's for IAM. Raises botocore's ClientError where it is not allowed to.
    """
    made = not exists(client, name)
    if made:
        client.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    client.put_role_policy(
        RoleName=name, PolicyName="strava-mcp", PolicyDocument=json.dumps(document)
    )
    return made


def exists(client: Any, name: str) -> bool:
    """Whether there is such a role."""
    try:
        client.get_role(RoleName=name)
    except client.exceptions.NoSuchEntityException:
        return False
    return True
