"""``python -m tests.benchmarks.lambda_start ZIP``: cold starts under AWS's own runtime client.

A cold start is the time from process start to the response to an authenticated tools/list, with all
contenders taking turns; warm calls follow in the same process. ZIP: from ``zappa package``.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.aws.runtime import HOST, function, url_event
from tests.benchmarks import inside
from tests.servers import ROOT

HERE = Path(__file__).resolve().parent
CACHE = ROOT / "build" / "benchmarks" / "lambda"
TOKEN = "7c" * 32
RUNTIME = ("awslambdaric>=4.2,<5", "boto3")
PACKAGES = {
    "runtime": RUNTIME,
    "zappa": (*RUNTIME, "zappa>=0.63,<0.70", "flask>=3.1,<4"),
    "starlette": (*RUNTIME, "starlette", "mangum"),
    "fastmcp": (*RUNTIME, "fastmcp>=4,<5", "mangum"),
}
STARLETTE = """
import json, os
from mangum import Mangum
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
PAYLOAD = open(os.environ["BENCHMARK_PAYLOAD"], "rb").read()
async def mcp(request):
    message = json.loads(await request.body())
    body = b'{"jsonrpc":"2.0","id":%d,"result":%b}' % (message["id"], PAYLOAD)
    return Response(body, media_type="application/json")
handler = Mangum(Starlette(routes=[Route("/mcp", mcp, methods=["POST"])]), lifespan="off")
"""
FASTMCP = """
from mangum import Mangum
from fastmcp_server import mcp
handler = Mangum(mcp.http_app(stateless_http=True, json_response=True), lifespan="auto")
"""
NOTHING = """
def handler(event, context):
    return {"statusCode": 200, "body": "tools", "isBase64Encoded": False}
"""
ZAPPA = """
APP_MODULE = "bare"
APP_FUNCTION = "app"
LOG_LEVEL = "INFO"
DEBUG = False
BINARY_SUPPORT = True
DJANGO_SETTINGS = None
ENVIRONMENT_VARIABLES = {}
PROJECT_NAME = "bare"
API_STAGE = "production"
CONTEXT_HEADER_MAPPINGS = {}
EXCEPTION_HANDLER = None
AWS_EVENT_MAPPING = {}
AWS_BOT_EVENT_MAPPING = {}
COGNITO_TRIGGER_MAPPING = {}
DOMAIN = None
BASE_PATH = None
"""


@dataclass
class Contender:
    """A handler, the Python that runs it, its folder, and the measured times."""

    name: str
    python: Path
    folder: Path
    handler: str
    cold_ms: list[float] = field(default_factory=list)
    warm_ms: list[float] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("zip", type=Path)
    options.add_argument("--rounds", type=int, default=9)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as work:
        payload = Path(work) / "tools.json"
        payload.write_bytes(inside.tools_list_bytes())
        contenders = _contenders(Path(work), chosen.zip)
        for round_ in range(chosen.rounds + 1):  # the first round warms caches and does not count
            for contender in contenders:
                cold, warm = _once(contender, Path(work), payload)
                if round_:
                    contender.cold_ms.append(cold)
                    contender.warm_ms.extend(warm)
    _print(contenders)


def _contenders(work: Path, package: Path) -> list[Contender]:
    ours, bare, warmed = work / "ours", work / "without", work / "warmed"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(ours)
        for folder in (bare, warmed):
            modules = [name for name in archive.namelist() if not name.endswith(".pyc")]
            archive.extractall(folder, modules)
    runtime = _python("runtime")
    subprocess.run([str(runtime), "-m", "compileall", "-q", str(warmed)], check=True)
    for name, files in (
        ("zappa", {"zappa_settings.py": ZAPPA, "bare.py": (HERE / "bare.py").read_text()}),
        ("nothing", {"main.py": NOTHING}),
        ("starlette", {"main.py": STARLETTE}),
        ("fastmcp", {"main.py": FASTMCP, "fastmcp_server.py": _fastmcp()}),
    ):
        (work / name).mkdir()
        for file, text in files.items():
            (work / name / file).write_text(text)
    handler = "strava_mcp.aws.lambda_handler.handler"
    return [
        Contender("this package", runtime, ours, handler),
        Contender("the same, __pycache__ of a first run", runtime, warmed, handler),
        Contender("the same without bytecode", runtime, bare, handler),
        Contender("bare Flask, Zappa's handler", _python("zappa"), work / "zappa", ZAPPA_HANDLER),
        Contender("a handler that does nothing", runtime, work / "nothing", "main.handler"),
        Contender("Starlette, Mangum", _python("starlette"), work / "starlette", "main.handler"),
        Contender("FastMCP, Mangum", _python("fastmcp"), work / "fastmcp", "main.handler"),
    ]


ZAPPA_HANDLER = "zappa.handler.lambda_handler"


def _fastmcp() -> str:
    return (HERE / "fastmcp_server.py").read_text()


def _python(name: str) -> Path:
    """The Python of an environment, created on the first run."""
    python = CACHE / name / "bin" / "python"
    if not python.exists():
        print(f"creating an environment for {name} …", file=sys.stderr)
        venv.create(CACHE / name, with_pip=True)
        command = [str(python), "-m", "pip", "install", "-q", *PACKAGES[name]]
        subprocess.run(command, check=True, capture_output=True)
    return python


def _once(contender: Contender, work: Path, payload: Path) -> tuple[float, list[float]]:
    """Milliseconds of a cold start, and of the calls after it."""
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        "authorization": f"Bearer {TOKEN}",
        "mcp-protocol-version": "2025-06-18",
    }
    event = url_event("POST", "/mcp", headers=headers, body=json.dumps(message))
    home = work / "home"
    shutil.rmtree(home, ignore_errors=True)
    env = {
        "AUTH_TOKEN": TOKEN,
        "SECRET_KEY": "k" * 64,
        "PUBLIC_URL": f"https://{HOST}",
        "RATE_LIMIT": "1000000",
        "BENCHMARK_PAYLOAD": str(payload),
        "BENCHMARK_UPSTREAM": "http://127.0.0.1:9",
        "LOG_LEVEL": "error",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [str(contender.python), "-m", "awslambdaric", contender.handler]
    began = time.perf_counter()
    with function(command, home, contender.folder, env) as api:
        first = api.invoke(event)
        cold = (time.perf_counter() - began) * 1000
        assert b"tools" in first.body, first.body[:500]
        warm = []
        for _ in range(20):
            began = time.perf_counter()
            api.invoke(event)
            warm.append((time.perf_counter() - began) * 1000)
    return cold, warm


def _print(contenders: list[Contender]) -> None:
    medians = {one.name: statistics.median(one.cold_ms) for one in contenders}
    ours = medians["this package"]
    print("| | cold start, ms | this package is × of it | warm call, ms |\n|---|---|---|---|")
    for one in contenders:
        cold = medians[one.name]
        warm_ms = statistics.median(one.warm_ms)
        print(f"| {one.name} | {cold:.0f} | {ours / cold:.2f} | {warm_ms:.2f} |")
    warm = {one.name: statistics.median(one.warm_ms) for one in contenders}
    over = warm["this package"] - warm["a handler that does nothing"]
    print(f"{'met   ' if over <= 0.6 else 'MISSED'} warm, over nothing: {over:.2f} ms ≤ 0.6")
    for name, most in (
        ("bare Flask, Zappa's handler", 1.0),
        ("FastMCP, Mangum", 0.35),
        ("the same, __pycache__ of a first run", 1.1),
    ):
        ratio = ours / medians[name]
        print(f"{'met   ' if ratio <= most else 'MISSED'} / {name}: {ratio:.2f} ≤ {most}")


if __name__ == "__main__":
    main()
