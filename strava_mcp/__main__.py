"""``python -m strava_mcp``: the server on standard input and output."""

import sys

from strava_mcp import log
from strava_mcp.cli.stdio import serve
from strava_mcp.config import Config
from strava_mcp.errors import ConfigError
from strava_mcp.services import Services


def main() -> int:
    """Serve until the input ends; 1 where a setting is wrong."""
    try:
        config, _ = Config.load().completed()
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
