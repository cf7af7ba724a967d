"""What has to be in place on AWS before Zappa starts, which would end with a traceback instead."""

from typing import Any

from click import ClickException

from strava_mcp.json_types import JSON
from strava_mcp.library_errors import AwsError, aws_errors

#: S3's answers to HeadBucket: not there, or somebody else's.
MISSING, FORBIDDEN = "404", "403"


def check(session: Any, stage: JSON) -> None:
    """Check credentials and the bucket. Raises ClickException with one line on what to do.

    ``session``: Zappa's boto3 session; ``stage``: the settings of the stage.
    """
    bucket = str(stage.get("s3_bucket", ""))
    try:
        with aws_errors():
            session.client("sts").get_caller_identity()
            session.client("s3").head_bucket(Bucket=bucket)
    except AwsError as exc:
        if exc.code == MISSING:
            return  # Zappa creates it
        if exc.code == FORBIDDEN:
            raise ClickException(
                f"The S3 bucket {bucket} is not yours, or you may not use it: choose another name "
                "with `flask setup --bucket NAME`."
            ) from exc
        raise ClickException(str(exc)) from exc
