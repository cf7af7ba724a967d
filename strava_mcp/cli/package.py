"""``flask package``: validates a deployment package."""

from pathlib import Path

import click
from flask.cli import AppGroup

package = AppGroup("package", help="The zip that runs on Lambda.")


@package.command()
@click.argument("zip_path", metavar="ZIP", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--architecture",
    type=click.Choice(["x86_64", "arm64"]),
    default="x86_64",
    show_default=True,
)
def check(zip_path: Path, architecture: str) -> None:
    """Check that a zip is complete and holds no secrets."""
    from strava_mcp.aws import package as deployment

    problems = deployment.check(zip_path, architecture)
    for problem in problems:
        click.echo(f"FAIL  {problem}")
    if problems:
        raise SystemExit(1)
    click.echo(f"ok    {zip_path.name}, {zip_path.stat().st_size / (1 << 20):.1f} MiB")
