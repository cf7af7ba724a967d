"""``python -m strava_mcp``: MCP over standard input and output."""

import sys

from strava_mcp import log
from strava_mcp.cli.stdio import serve
from strava_mcp.config import Config
from strava_mcp.errors import ConfigError
from strava_mcp.services import Services


def main() -> int:
    """Serve until the input ends. Returns the exit code: 1 if a setting is invalid."""
    try:
        config, _ = Config.load().with_generated_secrets()
    except ConfigError as exc:
        print(exc, file=sys.stderr)
        return 1
    log.install(config)
    services = Services(config)
    try:
        serve(services.server)
    except KeyboardInterrupt:
        pass
    finally:
        services.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
