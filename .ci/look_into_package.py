"""Look into a Lambda package: usage: look_into_package.py ZIP FILE-WITH-A-MARK."""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

NEEDED = ("wsgi.py", "strava_mcp/app.py", "strava_mcp/protocol/methods.py", "flask/__init__.py")
UNWANTED = ("instance/", ".env", "tests/", ".ci/", ".git/", "zappa_settings.example.json")
START = """
import sys
from wsgi import app
reply = app.test_client().get("/health")
assert reply.status_code == 200, reply.data
assert app.test_client().post("/mcp").status_code == 401
wrong = {"Authorization": "Bearer " + "e" * 64}
assert app.test_client().post("/mcp", headers=wrong).status_code == 401
"""


def main(package: str, marked: str) -> None:
    """Fail with what is wrong."""
    mark = Path(marked).read_bytes().strip()
    with zipfile.ZipFile(package) as archive, tempfile.TemporaryDirectory() as folder:
        names = archive.namelist()
        missing = [name for name in NEEDED if name not in names]
        extra = [name for name in names if name.startswith(UNWANTED)]
        leaks = [name for name in names if mark in archive.read(name)]
        assert not (missing or extra or leaks), (missing, extra[:10], leaks)
        archive.extractall(folder)
        env = {"PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_NAME": "f", "LOG_LEVEL": "error"}
        subprocess.run([sys.executable, "-c", START], cwd=folder, env=env, check=True)
    megabytes = Path(package).stat().st_size / (1 << 20)
    print(f"package: {len(names)} files, {megabytes:.1f} MiB; starts, closed without a token")


if __name__ == "__main__":
    main(*sys.argv[1:])
