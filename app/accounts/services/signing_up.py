"""Making accounts."""

from dataclasses import replace

from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import User
from app.accounts.services.signing_in import hash_params
from app.core import email_addresses
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.ids import new_id
from app.core.passwords import hash_password, password_faults
from app.core.permissions import Actor
from app.extensions import db
from app.workspaces.models import Workspace
from app.workspaces.services import create_workspace, free_slug

TAKEN = "There is an account with this address already. Sign in with it instead."
_LONGEST_NAME = 80


def create_account(name: str, email: str, password: str) -> User:
    """Make an account. Raises Invalid for a missing name, an address that is none or taken, or a weak password."""
    address, name = email_addresses.parse(email), " ".join(name.split())
    errors = {}
    if not name:
        errors["name"] = "Enter your name."
    elif len(name) > _LONGEST_NAME or not name.isprintable():
        errors["name"] = f"Use at most {_LONGEST_NAME} characters, on one line."
    if address is None:
        errors["email"] = "Enter your email address, like name@example.com."
    faults = password_faults(password, address or "", name)
    if faults:
        errors["password"] = faults[0]
    if errors:
        raise Invalid(errors)
    values = {"id": new_id(), "email": address, "name": name, "created_at": utcnow()}
    made = insert(User).values(**values, password_hash=hash_password(password, hash_params()))
    row = db.session.execute(made.on_conflict_do_nothing(index_elements=[User.email]).returning(User.id)).one_or_none()
    if row is None:
        raise Invalid({"email": TAKEN})
    return db.session.get_one(User, row.id)


def sign_up(business: str, name: str, email: str, password: str, actor: Actor) -> tuple[User, Workspace]:
    """Make an account and the workspace it owns. Raises Invalid naming each field that can't be taken."""
    errors = business_faults(business)
    try:
        user = create_account(name, email, password)
    except Invalid as error:
        raise Invalid({**errors, **error.errors}) from None
    if errors:
        raise Invalid(errors)
    return user, open_workspace(business, user, actor)


def open_workspace(business: str, owner: User, actor: Actor) -> Workspace:
    """Make another workspace for an account that exists. Raises Invalid for a business without a name."""
    if errors := business_faults(business):
        raise Invalid(errors)
    whole = " ".join(business.split())
    doer = replace(actor, kind="person", user_id=owner.id, name=owner.name)
    return create_workspace(whole, free_slug(whole), owner, doer)


def business_faults(business: str) -> dict[str, str]:
    """What is wrong with the name of a business, blanks of any kind made one."""
    business = " ".join(business.split())
    if not business:
        return {"business": "Enter the name of your business."}
    if len(business) > _LONGEST_NAME or not business.isprintable():
        return {"business": f"Use at most {_LONGEST_NAME} characters, on one line."}
    return {}
