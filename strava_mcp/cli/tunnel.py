"""``flask tunnel``: lets clients on the internet reach this server through a tunnel.

The usual tunnels end TLS and pass each request on as one reverse proxy. They keep the ``Host`` of
the public address (an option can send a local one, which is allowed anyway), and the last address
in ``X-Forwarded-For`` is the client's. So all need PUBLIC_URL and PROXY_HOPS=1:

* Cloudflare appends the client to ``X-Forwarded-For`` and overwrites ``X-Forwarded-Proto``; only
  ``httpHostHeader`` changes ``Host``.
  https://developers.cloudflare.com/fundamentals/reference/http-headers/
  https://developers.cloudflare.com/tunnel/reference/origin-parameters/
* Tailscale Funnel keeps ``Host`` and replaces both (``addProxyForwardedHeaders``).
  https://github.com/tailscale/tailscale/blob/main/ipn/ipnlocal/serve.go
* ngrok appends to both; only ``--host-header`` changes ``Host``.
  https://ngrok.com/docs/universal-gateway/http/#upstream-headers
"""

import secrets
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext

from strava_mcp import connection_guide, data_folder
from strava_mcp.cli.tunnel_check import problem_at
from strava_mcp.config import Config, remembered
from strava_mcp.config.parsers import LOOPBACK_HOSTS, public_url
from strava_mcp.config.set_values import set_values
from strava_mcp.oauth import owner
from strava_mcp.services import services

HOPS = 1
SETTINGS = ("PUBLIC_URL", "PROXY_HOPS")
#: Generated passphrases: 4 groups of 4 of these 31 characters (79 bits), none easily confused.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@click.command("tunnel")
@click.argument("address", required=False)
@click.option("--off", is_flag=True, help="Remove what this command has set.")
@with_appcontext
def tunnel(address: str | None, off: bool) -> None:
    """Let clients on the internet reach this server.

    ADDRESS is the https address that your tunnel prints. Without one, the current address is
    checked again; exit 1 if it does not work.
    """
    if off:
        if address:
            raise click.UsageError("--off takes no address.")
        _turn_off()
        return
    config = services().config
    url = _parse(address) if address else config.public_url
    if not url:
        raise click.UsageError("Give the https address that your tunnel prints.")
    if problems := _problems(config, url):
        raise click.ClickException(" ".join(problems))
    if address:
        _turn_on(config, url)
    problem = problem_at(url, services().proof)
    click.echo(problem or f"Checked: this server answers at {url}.")
    _print_what_to_paste(config, url)
    if problem and not address:
        raise SystemExit(1)


def _parse(address: str) -> str:
    """An https address that other machines can reach. Raises BadParameter."""
    try:
        url = public_url(address.strip())
    except ValueError as exc:
        raise click.BadParameter(f"ADDRESS {exc}.") from exc
    if not url.startswith("https://") or urlsplit(url).hostname in LOOPBACK_HOSTS:
        raise click.BadParameter("ADDRESS must be the https address that your tunnel prints.")
    return url


def _problems(config: Config, url: str) -> list[str]:
    """The settings that must be changed by hand before a tunnel is of use, or safe."""
    problems = []
    current = {"PUBLIC_URL": config.public_url, "PROXY_HOPS": config.proxy_hops}
    for name, needed in {"PUBLIC_URL": url, "PROXY_HOPS": HOPS}.items():
        chosen = set_values().get(name)
        if chosen and chosen.place != remembered.PLACE and current[name] != needed:
            problems.append(f"{_where(name, chosen.place)}: change it there to {needed}.")
    if config.allow_authless and not config.authless_secret:
        problems.append(
            "ALLOW_AUTHLESS is true: anyone who knows the address could read your data. Set it to "
            "false, or set AUTHLESS_SECRET."
        )
    if not config.oauth_enabled:
        problems.append("OAUTH_ENABLED is false: Claude and ChatGPT connect by OAuth only.")
    return problems


def _where(name: str, place: str) -> str:
    return f"{name} is set in {place if place.startswith('.') else f'the {place}'}"


def _turn_on(config: Config, url: str) -> None:
    """Remember the settings, and set a passphrase if there is none. Raises ClickException."""
    try:
        remembered.remember(config.home, {"PUBLIC_URL": url, "PROXY_HOPS": str(HOPS)})
        click.echo(f"Set PUBLIC_URL={url} and PROXY_HOPS={HOPS}; `flask tunnel --off` undoes it.")
        if config.public_url not in ("", url):
            click.echo(f"It was {config.public_url}: apps that are connected there connect again.")
        if config.authorize_with == "passphrase" and not owner.hash_of(config):
            passphrase = "-".join(
                "".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4)
            )
            data_folder.replace(config.home, owner.FILE, owner.scrypt(passphrase))
            click.echo(f"Your passphrase, shown only this once: {passphrase}")
            click.echo("Keep it; `flask passphrase set` sets one of your own.")
    except OSError as exc:
        raise click.ClickException(f"The data folder cannot be written: {exc}.") from exc
    if config.allowed_ips:
        click.echo("ALLOWED_IPS is set: the servers of Claude and ChatGPT must be in it.")


def _turn_off() -> None:
    """Forget the settings. Raises ClickException."""
    config, chosen = services().config, set_values()
    was_on = False
    try:
        for name in SETTINGS:
            if name in chosen and chosen[name].place != remembered.PLACE:
                click.echo(f"{_where(name, chosen[name].place)}: remove it there.")
            was_on |= remembered.forget(config.home, name)
    except OSError as exc:
        raise click.ClickException(f"The data folder cannot be written: {exc}.") from exc
    click.echo(
        "Removed. Stop the tunnel and restart the server; the passphrase stays."
        if was_on
        else "No tunnel is set."
    )


def _print_what_to_paste(config: Config, url: str) -> None:
    for entry in connection_guide.internet_entries(url):
        click.echo(f"\n{entry}")
    click.echo(f"\nA page opens in the browser. {connection_guide.oauth_step(config)}")
