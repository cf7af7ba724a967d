"""Objects under a prefix of an S3 bucket."""

import threading
from typing import Any

from strava_mcp.errors import NotFound, Unavailable
from strava_mcp.library_errors import AwsError, aws_errors

MISSING = ("NoSuchKey", "404", "NoSuchBucket")


class S3Prefix:
    """A prefix of an S3 bucket, ``s3://bucket/prefix``; names of objects are relative to it.

    Every method raises Unavailable; ``get`` and ``etag`` also NotFound.
    """

    def __init__(self, url: str) -> None:
        self._bucket, _, prefix = url.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._boto3_client: Any = None
        self._lock = threading.Lock()

    def get(self, name: str, max_bytes: int) -> tuple[bytes, str]:
        """Return an object's content and ETag. Raises Unavailable if it is larger than allowed."""
        key = self._prefix + name
        response = self._call("get_object", Key=key)
        if response["ContentLength"] > max_bytes:
            response["Body"].close()
            raise Unavailable(f"{key} in {self._bucket} has more than {max_bytes >> 20} MB.")
        return response["Body"].read(), response["ETag"]

    def etag(self, name: str) -> str:
        """Return an object's ETag, which changes when the object does."""
        return str(self._call("head_object", Key=self._prefix + name)["ETag"])

    def put(self, name: str, content: bytes) -> None:
        """Write an object, encrypted at rest."""
        key = self._prefix + name
        self._call("put_object", Key=key, Body=content, ServerSideEncryption="AES256")

    def names(self, folder: str) -> set[str]:
        """List the objects in a folder, by their names relative to it."""
        names: set[str] = set()
        start = self._prefix + folder
        continuation: dict[str, str] = {}
        while True:
            page = self._call("list_objects_v2", Prefix=start, **continuation)
            names |= {item["Key"].removeprefix(start) for item in page.get("Contents", ())}
            if not page.get("IsTruncated"):
                return names
            continuation = {"ContinuationToken": page["NextContinuationToken"]}

    def delete(self, name: str) -> None:
        """Delete an object if it exists."""
        self._call("delete_object", Key=self._prefix + name)

    @property
    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        with self._lock:
            if self._boto3_client is None:
                config = Config(connect_timeout=3, read_timeout=10, retries={"max_attempts": 3})
                self._boto3_client = boto3.client("s3", config=config)
            return self._boto3_client

    def _call(self, operation: str, **options: Any) -> Any:
        """Call an operation of S3 on the bucket, and translate its errors."""
        try:
            with aws_errors():
                return getattr(self._client, operation)(Bucket=self._bucket, **options)
        except AwsError as exc:
            if exc.code in MISSING:
                what = f"{options['Key']} in {self._bucket}" if "Key" in options else ""
                what = what or f"bucket {self._bucket}: create it first, or check AWS_PROFILE"
                raise NotFound(f"There is no {what}.") from exc
            if exc.code:
                raise Unavailable(f"S3 refused {operation} on {self._bucket}: {exc}") from exc
            raise Unavailable(f"S3 did not answer: {exc}") from exc
