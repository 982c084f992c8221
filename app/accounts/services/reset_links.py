"""Links by which somebody who has forgotten the password chooses a new one.

Asking does the same work whether or not there is an account: what differs is done by a worker, later. The secret is
made there as well, when its mail leaves, and only its hash is ever written down.
"""

from datetime import timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import delete

from app.accounts.models import PasswordReset, User
from app.accounts.queries import find_user, get_user
from app.accounts.services.account_events import tell_workspaces
from app.accounts.services.changing_passwords import link_hash
from app.accounts.services.throttling import TooManyFailures, count_attempt, throttle_key
from app.core import access_keys, email_addresses, outbox
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.ids import new_id
from app.core.permissions import Actor
from app.core.tenancy import INSTALLATION, acting_in
from app.extensions import db

#: The work of mailing a link; its subject is the asking.
MAIL = "account.mail_link"
LIFE = timedelta(hours=1)
#: So often one may ask for the same address before a wait. The links of the mails that came are good meanwhile.
ASKS, WAIT = 3, timedelta(hours=1)


def ask_for_link(email: str, actor: Actor) -> None:
    """Have a link mailed to the account of an address; an older one is good for nothing from now on.

    Raises Invalid for what is no address, and TooManyFailures when it was asked for too often; both, and how long it
    takes, tell nothing about whether there is an account.
    """
    address = email_addresses.parse(email)
    if address is None:
        raise Invalid({"email": "Enter your email address, like name@example.com."})
    wait = count_attempt(throttle_key(address, act="password-link"), most=ASKS, wait=WAIT)
    if wait is not None:
        raise TooManyFailures(wait)
    user = find_user(address)
    db.session.execute(delete(PasswordReset).where(PasswordReset.user_id == (user.id if user else new_id())))
    reset = PasswordReset(
        user_id=user.id if user else None, address=actor.address, device=actor.device, request_id=actor.request_id
    )
    db.session.add(reset)
    db.session.flush()
    with acting_in(INSTALLATION):
        outbox.enqueue(MAIL, reset.id)
        db.session.flush()


def link_by_hand(email: str) -> str | None:
    """A link for the account of an address, for whoever runs the installation; None where there is no such account.

    It ends what was asked for before, and is noted like one that was asked for.
    """
    address = email_addresses.parse(email)
    user = find_user(address) if address else None
    if user is None:
        return None
    db.session.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))
    reset = PasswordReset(user_id=user.id, device="flask accounts link")
    db.session.add(reset)
    db.session.flush()
    made = make_link(reset.id)
    return made[1] if made else None


def make_link(reset_id: UUID) -> tuple[User, str] | None:
    """The account that asked and its link, made anew at each attempt to mail it: the one before is good for nothing.

    None when there is no such account, or the asking is an hour old or was overtaken by a newer one.
    """
    reset = db.session.get(PasswordReset, reset_id, with_for_update=True, populate_existing=True)
    if reset is None:
        return None
    if reset.user_id is None or reset.asked_at + LIFE <= utcnow():
        db.session.delete(reset)
        return None
    user = get_user(reset.user_id)
    if reset.token_hash is None:
        who = Actor("customer", address=reset.address, device=reset.device, request_id=reset.request_id)
        tell_workspaces("account.link_asked", user, who)
    secret = access_keys.new_secret()
    reset.token_hash, reset.expires_at = link_hash(secret), utcnow() + LIFE
    return user, f"{current_app.extensions['config'].public_url}/password/new/{secret}"
