"""`flask seed`: believable data to look at and to try things on."""

import json
from pathlib import Path

import click
from flask import current_app

from app.core.commands import Commands
from app.core.transactions import transaction

seed = Commands("seed", help="Fill the database with data to try Sill with.")


@seed.command("demo")
@click.option("--embed-in", multiple=True, metavar="ORIGIN", help="A website that may show the form in a frame.")
@click.option("--hooks-into", type=click.Path(dir_okay=False, path_type=Path), help="Where to write our addresses.")
def demo(embed_in: tuple[str, ...], hooks_into: Path | None) -> None:
    """Make the demo workspace unless it is there, and point it at the local Squeegee and website."""
    from app.workspaces.demo import allow_embedding, build_demo, connect_far_ends, demo_exists, demo_hooks

    if current_app.extensions["config"].is_production:
        raise click.ClickException("The demo has known passwords and is never put into a production database.")
    if demo_exists():
        click.echo("The demo workspace is there already.")
    else:
        with transaction():
            leads = build_demo()
        click.echo(f"The demo workspace has {leads} leads.")
    with transaction():
        connect_far_ends()
    if hooks_into:
        with transaction():
            hooks_into.write_text(json.dumps(demo_hooks()))
    if embed_in:
        with transaction():
            allow_embedding(embed_in)
