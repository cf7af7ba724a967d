"""What to do about an exception of boto3 or botocore, in one line."""

import re

CREDENTIALS = (
    "This machine has no AWS credentials. Run `aws configure`, or set AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY (AWS_PROFILE for a named profile)."
)
INVALID_CREDENTIALS = (
    "AWS does not accept the credentials of this machine (expired, disabled or mistyped). Sign in "
    "again, or renew them with `aws configure`."
)
REGION = "No AWS region is set. Set AWS_DEFAULT_REGION, or run `flask setup --region eu-central-1`."
PROFILE = "AWS_PROFILE names a profile that this machine does not have. `aws configure` makes one."
UNREACHABLE = "AWS cannot be reached. Check the network, and the region in zappa_settings.json."
DENIED = (
    "The AWS user of this machine lacks the permission {action}. Ask the account's administrator "
    "for it, or use an administrator's credentials."
)
#: Names of botocore's exceptions → what to do.
BY_NAME = {
    **dict.fromkeys(("NoCredentialsError", "PartialCredentialsError"), CREDENTIALS),
    **dict.fromkeys(
        (
            *("CredentialRetrievalError", "TokenRetrievalError", "UnauthorizedSSOTokenError"),
            *("SSOTokenLoadError", "LoginRefreshRequired", "SSOError"),
        ),
        INVALID_CREDENTIALS,
    ),
    "NoRegionError": REGION,
    "InvalidRegionError": REGION,
    "ProfileNotFound": PROFILE,
    **dict.fromkeys(
        ("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "SSLError"),
        UNREACHABLE,
    ),
    "ConnectionError": UNREACHABLE,
    "ProxyConnectionError": UNREACHABLE,
}
#: Error codes of AWS's answers → what to do.
BY_CODE = {
    **dict.fromkeys(
        (
            *("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "AuthFailure"),
            *("UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidAccessKeyId"),
            *("InvalidSignatureException", "RequestExpired", "InvalidToken"),
        ),
        INVALID_CREDENTIALS,
    ),
    "NoSuchBucket": "The S3 bucket does not exist. Check its name, and create it if it is new.",
    "BucketAlreadyExists": "The name of the S3 bucket is taken: choose another with "
    "`flask setup --bucket NAME`.",
    "ResourceNotFoundException": "AWS has no such resource in this region: check the stage's "
    "region and name, and deploy it first.",
}
DENIALS = frozenset(
    ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AllAccessDisabled")
)
#: How AWS names the missing permission: "is not authorized to perform: iam:CreateRole on …".
ACTION = re.compile(r"perform: ([a-zA-Z0-9-]+:[A-Za-z0-9*]+)")


def is_aws_error(exc: BaseException) -> bool:
    """Whether boto3 or botocore raised it. Imports neither."""
    return type(exc).__module__.partition(".")[0] in ("boto3", "botocore", "s3transfer")


def advice(exc: BaseException) -> str:
    """One line on what went wrong and what to do. ``exc``: see ``is_aws_error``."""
    response = getattr(exc, "response", None)
    error = response.get("Error", {}) if isinstance(response, dict) else {}
    code, operation = str(error.get("Code", "")), getattr(exc, "operation_name", "")
    if code in DENIALS:
        match = ACTION.search(str(error.get("Message", "")))
        return DENIED.format(action=match[1] if match else f"for {operation}")
    hint = BY_CODE.get(code) or BY_NAME.get(type(exc).__name__)
    detail = " ".join(str(exc).split())
    return f"{hint} ({detail})" if hint and code else hint or detail
