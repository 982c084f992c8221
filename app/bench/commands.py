"""`flask bench seed`: a workspace full of made-up leads, for measuring."""

import time

import click
from flask.cli import with_appcontext

from app.core.commands import Commands

bench = Commands("bench", help="Made-up data for bench/run.")


@bench.command("seed")
@click.option("--leads", default=10_000, show_default=True, type=click.IntRange(100, 5_000_000), help="How many leads.")
@click.option("--workspaces", default=1, show_default=True, type=click.IntRange(1, 100), help="Spread over how many.")
@click.option("--others", default=0, show_default=True, type=click.IntRange(0, 100), help="As many again, in others.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 32), help="Who seal and write.")
@with_appcontext
def seed(leads: int, workspaces: int, others: int, processes: int) -> None:
    """Make LEADS made-up leads in the workspace bench-<LEADS>, and as many again in OTHERS other workspaces.

    With --workspaces K they are spread over bench-<LEADS>-1 to -K. A workspace that is there already stays as it is.
    """
    from app.bench.services import analyse, seed_workspace

    spread = [(f"bench-{leads}", leads)]
    if workspaces > 1:
        spread = [(f"bench-{leads}-{number}", leads // workspaces) for number in range(1, workspaces + 1)]
    spread += [(f"bench-{leads}-other-{number}", leads // others) for number in range(1, others + 1)]
    begun = time.monotonic()
    for slug, share in spread:
        made = seed_workspace(slug, share, processes)
        click.echo(f"{slug}: {f'{share:,} leads' if made else 'there already'} ({time.monotonic() - begun:.0f} s)")
    analyse()
