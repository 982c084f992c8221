"""`flask keys`: change the keys that customer data is sealed with, while web and workers run (docs/operations.md)."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import click
from flask import current_app
from flask.cli import with_appcontext

from app.core.commands import Commands
from app.core.crypto import CryptoError

keys = Commands("keys", help="Change the keys that customer data is sealed with.", sees_to_keys=True)
_NOT_DONE = 1


def _of_workspaces(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say whose keys: one of them is needed."""
    for option in (
        click.option("--all", "is_all", is_flag=True, help="All workspaces."),
        click.option("--workspace", "slug", metavar="SLUG", help="The workspace with this address."),
    ):
        command = option(command)
    return command


@keys.command("rewrap")
@with_appcontext
def rewrap() -> None:
    """Wrap every workspace's keys with the last of MASTER_KEYS, and say whether an older one is still needed."""
    from app.keys.services import keys_by_master, rewrap_keys

    active = current_app.extensions["master_keys"].active
    made = rewrap_keys()
    click.echo(f"Wrapped {made.keys:,} keys of {made.workspaces:,} workspaces with master key {active}.")
    for number, count in sorted(made.closed.items()):
        lacks = f"MASTER_KEYS lacks master key {number} or has another under that number"
        click.echo(f"{count:,} don't open: {lacks}, or they are damaged.")
    older = {number: count for number, count in sorted(keys_by_master().items()) if number != active}
    for number, count in older.items():
        click.echo(f"Master key {number} is still needed, by {count:,} keys.")
    if older or made.closed:
        raise click.exceptions.Exit(_NOT_DONE)
    click.echo(f"Every key is under master key {active}: this database needs no older one.")


@keys.command("renew")
@_of_workspaces
@with_appcontext
def renew(slug: str | None, is_all: bool) -> None:
    """Make a workspace's next data key: what is written from then on is sealed with it."""
    from app.core.keyring import KNOWN_WITHIN_SECONDS
    from app.keys.services import renew_data_key

    count, shut = 0, _Shut(slug)
    for workspace_id in _workspaces(slug, is_all):
        with shut.telling(workspace_id):
            number, count = renew_data_key(workspace_id), count + 1
            click.echo(f"{slug or workspace_id}: data key {number}")
    click.echo(f"{count:,} made. Every process seals with the newest key within {KNOWN_WITHIN_SECONDS:.0f} seconds.")
    if shut.count:
        raise click.exceptions.Exit(_NOT_DONE)


@keys.command("reseal")
@_of_workspaces
@with_appcontext
def reseal(slug: str | None, is_all: bool) -> None:
    """Seal with a workspace's newest data key what older ones have sealed. Goes on where it was broken off."""
    from app.core.keyring import KNOWN_WITHIN_SECONDS, forget_keys
    from app.files.ports import StoreUnavailable
    from app.keys.services import Resealing

    begun = time.monotonic()
    forget_keys()
    todo, shut = [], _Shut(slug)
    for workspace_id in _workspaces(slug, is_all):
        with shut.telling(workspace_id):
            resealing = Resealing(workspace_id, click.echo)
            if resealing.has_older_keys():
                todo.append(resealing)
    for each in todo:
        each.go_over()
    if todo:
        _wait_until(begun + KNOWN_WITHIN_SECONDS)
    try:
        done = [each.finish() for each in todo]
    except StoreUnavailable as error:
        raise click.ClickException(f"The store for files does not answer ({error}). Run this again.") from error
    values, files = sum(each.values for each in todo), sum(each.files for each in todo)
    click.echo(f"Sealed {values:,} values and {files:,} files anew in {len(todo):,} workspaces.")
    for each in todo:
        for place, count in sorted(each.closed.items()):
            click.echo(f"{slug or each.workspace_id}: {count:,} in {place} don't open, and were left as they are.")
        if each.held:
            click.echo(f"{slug or each.workspace_id}: somebody holds {each.held:,} rows. Run this again.")
    if shut.count or not all(done):
        raise click.exceptions.Exit(_NOT_DONE)


class _Shut:
    """The workspaces whose own keys don't open, each told of in a line; the others are gone on with."""

    def __init__(self, slug: str | None) -> None:
        self._slug = slug
        self.count = 0

    @contextmanager
    def telling(self, workspace_id: UUID) -> Iterator[None]:
        try:
            yield
        except CryptoError:
            self.count += 1
            click.echo(f"{self._slug or workspace_id}: its keys don't open, and nothing was done. See to MASTER_KEYS.")


def _workspaces(slug: str | None, is_all: bool) -> Iterable[UUID]:
    from app.keys.queries import every_workspace, workspace_named

    if is_all == (slug is not None):
        raise click.UsageError("Say --workspace SLUG or --all.")
    if slug is None:
        return every_workspace()
    workspace_id = workspace_named(slug)
    if workspace_id is None:
        raise click.ClickException(f"There is no workspace “{slug}”.")
    return [workspace_id]


def _wait_until(moment: float) -> None:
    """Until then some process may still seal with the key that was the newest before."""
    left = moment - time.monotonic()
    if left > 0:
        click.echo(f"Waiting {left:.0f} seconds until every process seals with the newest key.")
        time.sleep(left)
