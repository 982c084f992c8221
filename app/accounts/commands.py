"""`flask accounts`: help for somebody who can't sign in, from whoever runs the installation."""

import click
from flask.cli import with_appcontext

from app.core.commands import Commands

accounts = Commands("accounts", help="Help people who can't sign in.")


@accounts.command("link")
@click.argument("email")
@with_appcontext
def link(email: str) -> None:
    """Print a link by which the account of EMAIL chooses a new password, once and within an hour.

    For an installation that sends no mail, or whose mail does not arrive. Whoever has the link has the account: hand it
    over yourself, to nobody but its person.
    """
    from app.accounts.services import link_by_hand
    from app.core.transactions import transaction

    with transaction():
        made = link_by_hand(email)
    if made is None:
        raise click.ClickException("No account has this email address.")
    click.echo(made)
