"""The command that serves a page: explore."""

from __future__ import annotations

import click

from sim.cli.common import reporting
from sim.errors import SimError


@click.command()
@click.argument("scenario", default="january-2025/baseline")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="By default any that is free.")
@click.option("--no-browser", is_flag=True, help="Print the address and open no browser.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--open-to-network", is_flag=True, help="Allow a --host that others can reach.")
@reporting
def explore(scenario: str, port: int, no_browser: bool, host: str, open_to_network: bool) -> None:
    """Open a local page where moving a slider runs a scenario again.

    SCENARIO is an entry of the catalogue, a file with a scenario or a deal of your own, or a folder of results
    or of a design.
    """
    try:
        from sim.explore.server import serve
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in ("starlette", "uvicorn"):
            raise
        raise SimError(
            f"ceasefire explore needs {package}, which the extra 'explore' brings: pip install 'ceasefire-sim[explore]'"
        ) from None
    serve(
        scenario, host=host, port=port, open_to_network=open_to_network, open_browser=not no_browser,
        announce=lambda url: click.echo(f"{url}\nThe address is the key to the page: keep it. Ctrl-C ends it."),
    )  # fmt: skip
