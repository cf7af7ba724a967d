"""``python -m strava_mcp``: MCP over standard input and output."""

import argparse
import sys

from strava_mcp import __version__, log
from strava_mcp.cli.stdio import serve
from strava_mcp.config import Config
from strava_mcp.errors import ConfigError
from strava_mcp.services import Services

WAITING = (
    "Serving MCP on standard input and output, for a client that started this process; "
    "`flask connect claude-desktop` enters it there."
)


def main() -> int:
    """Serve until the input ends. Returns the exit code: 1 if a setting is invalid."""
    _parser().parse_args()
    if sys.stdin.isatty():
        print(f"{WAITING} Stop with Ctrl+C.", file=sys.stderr)
    try:
        config = Config.load().with_generated_secrets()
    except ConfigError as exc:
        print(exc, file=sys.stderr)
        return 1
    log.install(config)
    services = Services(config)
    try:
        if config.archive_export:
            services.source  # Opening it starts the import.
        serve(services.server)
    except KeyboardInterrupt:
        pass
    finally:
        services.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog="python -m strava_mcp",
        description="An MCP server for an athlete's Strava data, over standard input and output: "
        "one JSON-RPC message per line. MCP clients on this machine start it by themselves.",
        epilog="To enter it in a client: flask connect claude-desktop. To serve HTTP: flask run. "
        f"Version {__version__}.",
    )


if __name__ == "__main__":
    sys.exit(main())
