"""The people of the tests: Alice owns a workspace, Bob sells, Carol cleans, Dave looks on; Mallory owns another."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from flask_login.utils import _create_identifier

from app.accounts.models import User
from app.core import tenancy
from app.core.passwords import CHEAPEST_PARAMS, hash_password
from app.core.permissions import SEES, Actor
from app.core.tenancy import Scope, acting_in
from app.extensions import db
from app.workspaces.models import Membership
from tests.support.client import Client

PASSWORD = "glass-and-ladder-2026"
_hashes: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Member:
    """One person in one workspace."""

    user_id: UUID
    name: str
    email: str
    role: str
    workspace_id: UUID
    slug: str

    @property
    def actor(self) -> Actor:
        """The person as services want it."""
        return Actor("person", self.user_id, self.name)

    @contextmanager
    def acting(self) -> Iterator[Actor]:
        """Run a block in the person's workspace with what the person sees."""
        with acting_in(self.workspace_id, user_id=self.user_id, sees=SEES[self.role]):
            yield self.actor


@dataclass(slots=True)
class World:
    """Both workspaces and everyone in them. The test acts as Alice until it says otherwise."""

    people: dict[str, Member] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Member:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def workspace_id(self) -> UUID:
        """Alice's workspace."""
        return self.people["alice"].workspace_id

    @property
    def slug(self) -> str:
        """The slug of Alice's workspace."""
        return self.people["alice"].slug

    @property
    def other_workspace_id(self) -> UUID:
        """Mallory's workspace."""
        return self.people["mallory"].workspace_id

    def enter(self) -> None:
        """Act as Alice from here on."""
        alice = self.people["alice"]
        tenancy.enter(Scope(alice.workspace_id, alice.user_id, "all"))


def make_world() -> World:
    """Make both workspaces as the product makes them, and enter Alice's as Alice."""
    world = World()
    alice = make_user("alice")
    world.people["alice"] = _found("alice", alice, "Wells Window Cleaning", "wells")
    mallory = make_user("mallory")
    world.people["mallory"] = _found("mallory", mallory, "Mallory's Rival Rounds", "rival")
    for name, role in (("bob", "sales"), ("carol", "crew"), ("dave", "viewer")):
        add_member(world, name, role)
    world.enter()
    return world


def add_member(world: World, name: str, role: str) -> Member:
    """Make a person and give them a role in Alice's workspace."""
    user = make_user(name)
    home = world.people["alice"]
    with acting_in(home.workspace_id, user_id=home.user_id):
        db.session.add(Membership(user_id=user.id, role=role))
        db.session.commit()
    member = Member(user.id, user.name, user.email, role, home.workspace_id, home.slug)
    world.people[name] = member
    return member


def make_user(name: str) -> User:
    """Someone with an account, named after a first name in lower case; the password is PASSWORD."""
    if PASSWORD not in _hashes:
        _hashes[PASSWORD] = hash_password(PASSWORD, CHEAPEST_PARAMS)
    surname = {"alice": "Archer", "bob": "Baker", "carol": "Cooper", "dave": "Dyer", "mallory": "Mason"}
    user = User(
        email=f"{name}@example.com", name=f"{name.title()} {surname.get(name, 'Smith')}",
        password_hash=_hashes[PASSWORD],
    )  # fmt: skip
    db.session.add(user)
    db.session.commit()
    return user


def _found(name: str, user: User, business: str, slug: str) -> Member:
    from app.workspaces.services import create_workspace

    workspace = create_workspace(business, slug, user, Actor("person", user.id, user.name))
    db.session.commit()
    return Member(user.id, user.name, user.email, "owner", workspace.id, workspace.slug)


def sign_in(client: Client, member: Member) -> None:
    """Give a browser a login session without the form, as a sign-in of a moment ago would have."""
    from app.accounts.services import start_session

    with acting_in(None, user_id=member.user_id, sees="none"):
        user = db.session.get_one(User, member.user_id)
        started = start_session(user, Actor("person", user.id, user.name, address="127.0.0.1", device="tests"))
        db.session.commit()
    environ = {**client.environ_base, "wsgi.url_scheme": "http"}
    before = tenancy.current_scope()
    with client.application.app_context(), client.application.test_request_context(environ_base=environ):
        browser_mark = _create_identifier()  # what Flask-Login would have noted of the browser
    tenancy.enter(before)
    client.keep_session({"_user_id": f"{user.id}.{started.token}", "_fresh": True, "_id": browser_mark})


def browser(app: Flask, member: Member | None = None) -> Client:
    """A browser: signed in as a member, or of a stranger."""
    client: Any = app.test_client()
    if member is not None:
        sign_in(client, member)
        client.user_id, client.email = member.user_id, member.email
        client.workspace_id, client.slug = member.workspace_id, member.slug
    return client
