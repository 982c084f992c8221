"""Members: invited once, changed at once, and never without an owner."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.accounts.queries import find_user
from app.core import access_keys
from app.core.clock import utcnow
from app.extensions import db
from app.messaging.models import Message
from app.workspaces.models import Invitation, Membership, Workspace
from tests.support.client import Client
from tests.support.world import Member, World, browser

SETTINGS = "/w/wells/settings"
BOB = "Bob Baker"
ERIN = {"name": "Erin Vale", "password": "ladders-in-the-fog"}


def test_an_invitation_makes_a_member(app: Flask, alice: Client, client: Client) -> None:
    link = invited(alice, "Erin@example.com", "sales")
    page = client.get(link)
    assert "Join Wells Window Cleaning" in page.text and "erin@example.com" in page.text

    answer = client.post(link, data=ERIN)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/w/wells/leads/board")
    assert member("erin@example.com").role == "sales"
    assert client.get("/w/wells/leads/board").status_code == 200
    assert client.get(SETTINGS).status_code == 403


def test_the_link_works_once(app: Flask, alice: Client, client: Client) -> None:
    link = invited(alice, "erin@example.com", "sales")
    client.post(link, data=ERIN)
    late = browser(app)
    assert late.get(link).status_code == 404
    assert late.post(link, data={**ERIN, "name": "Frank"}).status_code == 404
    assert "no longer good" in late.get(link).text


def test_who_presses_join_twice_is_in(app: Flask, alice: Client, mallory: Client, client: Client, world: World) -> None:
    link = invited(alice, "mallory@example.com", "viewer")
    inside = "/w/wells/leads/board"
    assert [mallory.post(link).headers.get("Location") for _ in range(2)] == [inside, inside]
    assert mallory.get(link).headers["Location"] == inside
    assert client.get(link).status_code == client.post(link, data=ERIN).status_code == 404
    member_id = db.session.scalars(select(Membership.id).where(Membership.user_id == world.mallory.user_id)).one()
    alice.post(f"{SETTINGS}/members/{member_id}/deactivate")
    assert mallory.post(link).status_code == 404, "who was shut out does not come in by it"


def test_the_link_ends_after_a_week(alice: Client, client: Client) -> None:
    link = invited(alice, "erin@example.com", "sales")
    db.session.execute(update(Invitation).values(expires_at=utcnow() - timedelta(seconds=1)))
    db.session.execute(update(access_keys.AccessKey).values(expires_at=utcnow() - timedelta(seconds=1))
                       .where(access_keys.AccessKey.kind == "invitation"))  # fmt: skip
    db.session.commit()
    assert client.get(link).status_code == 404


def test_a_withdrawn_or_replaced_link_opens_nothing(alice: Client, client: Client) -> None:
    first = invited(alice, "erin@example.com", "sales")
    second = invited(alice, "erin@example.com", "viewer")
    assert client.get(first).status_code == 404
    invitation_id = re.search(r"/invitations/([0-9a-f-]+)/withdraw", alice.get(SETTINGS).text)
    assert invitation_id is not None
    assert alice.post(f"{SETTINGS}/invitations/{invitation_id[1]}/withdraw").status_code == 303
    assert client.get(second).status_code == 404
    assert "erin@example.com" not in alice.get(SETTINGS).text


def test_someone_with_an_account_signs_in_to_join(app: Flask, alice: Client, mallory: Client, client: Client) -> None:
    link = invited(alice, "mallory@example.com", "viewer")
    assert "Sign in to join" in client.get(link).text
    assert mallory.get(SETTINGS).status_code == 404
    assert mallory.post(link).status_code == 303
    assert mallory.get(SETTINGS).status_code == 200


def test_the_link_of_someone_else_is_of_no_use(alice: Client, mallory: Client) -> None:
    link = invited(alice, "erin@example.com", "admin")
    assert "signed in with another address" in mallory.get(link).text
    assert mallory.post(link).status_code == 403
    assert mallory.get(SETTINGS).status_code == 404


def test_who_is_shut_out_does_not_come_back_by_an_invitation_of_theirs(
    app: Flask, alice: Client, bob: Client, client: Client
) -> None:
    change(alice, "bob@example.com", "admin")
    link = invited(bob, "bobs.other.self@example.com", "admin")
    change(alice, "bob@example.com", "sales")
    assert client.get(link).status_code == 404
    change(alice, "bob@example.com", "admin")
    assert client.get(link).status_code == 200
    alice.post(f"{SETTINGS}/members/{member('bob@example.com').id}/deactivate")
    assert client.post(link, data=ERIN).status_code == 404
    assert find_user("bobs.other.self@example.com") is None


def test_an_invitation_of_who_may_send_none_any_more_is_said_to_open_nothing(alice: Client, bob: Client) -> None:
    change(alice, "bob@example.com", "admin")
    invited(bob, "erin@example.com", "sales")
    assert "opens nothing" not in alice.get(SETTINGS).text
    alice.post(f"{SETTINGS}/members/{member('bob@example.com').id}/deactivate")
    assert f"the link opens nothing: {BOB} may not invite them any more. Invite them again." in alice.get(SETTINGS).text
    invited(alice, "erin@example.com", "sales")
    assert "opens nothing" not in alice.get(SETTINGS).text


def test_an_owner_who_is_one_no_more_makes_no_owner(alice: Client, bob: Client, client: Client) -> None:
    change(alice, "bob@example.com", "owner")
    link = invited(bob, "erin@example.com", "owner")
    change(alice, "bob@example.com", "admin")
    assert client.post(link, data=ERIN).status_code == 404


def test_a_weak_password_is_refused_and_the_link_stays(alice: Client, client: Client) -> None:
    link = invited(alice, "erin@example.com", "sales")
    answer = client.post(link, data={**ERIN, "password": "short"})
    assert answer.status_code == 422 and "Erin Vale" in answer.text
    assert find_user("erin@example.com") is None
    assert client.post(link, data=ERIN).status_code == 303


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"email": "nonsense", "role": "sales"}, 422),
        ({"email": "erin@example.com", "role": "king"}, 422),
        ({"email": "bob@example.com", "role": "sales"}, 422),
    ],
)
def test_odd_invitations_are_refused(alice: Client, world: World, typed: dict[str, str], status: int) -> None:
    answer = alice.post(f"{SETTINGS}/invitations", data=typed)
    assert answer.status_code == status
    assert typed["email"] in answer.text
    assert db.session.scalars(select(Invitation)).all() == []


@pytest.mark.parametrize("who", ["bob", "carol", "dave"])
def test_only_owners_and_admins_invite(request: pytest.FixtureRequest, world: World, who: str) -> None:
    client = request.getfixturevalue(who)
    bob = member("bob@example.com")
    assert client.post(f"{SETTINGS}/invitations", data={"email": "x@example.com", "role": "sales"}).status_code == 403
    assert client.post(f"{SETTINGS}/members/{bob.id}/role", data={"role": "owner"}).status_code == 403
    assert client.post(f"{SETTINGS}/members/{bob.id}/deactivate").status_code == 403


def test_the_mail_and_the_database_keep_the_secret(alice: Client, world: World) -> None:
    link = invited(alice, "erin@example.com", "sales")
    secret = link.rpartition("/")[2]
    stored = db.session.execute(
        text("select string_agg(m::text, '') || (select string_agg(k::text, '') from access_keys k) from messages m")
    ).scalar_one()
    assert secret not in stored and "erin@example.com" not in stored


def test_a_role_counts_from_the_next_request(alice: Client, bob: Client, world: World) -> None:
    assert bob.get(SETTINGS).status_code == 403
    change(alice, "bob@example.com", "admin")
    assert bob.get(SETTINGS).status_code == 200
    change(alice, "bob@example.com", "crew")
    assert bob.get(SETTINGS).status_code == 403


def test_deactivation_counts_from_the_next_request(alice: Client, bob: Client, world: World) -> None:
    who = member("bob@example.com")
    assert alice.post(f"{SETTINGS}/members/{who.id}/deactivate").status_code == 303
    assert bob.get("/w/wells/leads/board").status_code == 404
    assert "No workspace yet" in bob.get("/").text
    assert "Deactivated" in alice.get(SETTINGS).text


def test_it_is_said_what_still_goes_to_the_address_of_who_is_shut_out(alice: Client, bob: Client, world: World) -> None:
    db.session.execute(update(Workspace).values(notification_email="bob@example.com"))
    db.session.commit()
    for email, words in (("bob", "Enquiries still go to bob@example.com: enter another address above."), ("dave", "")):
        answer = alice.post(f"{SETTINGS}/members/{member(f'{email}@example.com').id}/deactivate")
        page = alice.get(answer.location).text
        assert words in page and ("still go to" in page) == bool(words)


def test_a_deactivated_member_may_be_invited_back(alice: Client, bob: Client, world: World) -> None:
    who = member("bob@example.com")
    alice.post(f"{SETTINGS}/members/{who.id}/deactivate")
    link = invited(alice, "bob@example.com", "manager")
    assert bob.post(link).status_code == 303
    assert (member("bob@example.com").id, member("bob@example.com").role) == (who.id, "manager")
    assert bob.get(SETTINGS).status_code == 200


def test_the_last_owner_stays(alice: Client, world: World) -> None:
    who = member("alice@example.com")
    for answer in (
        alice.post(f"{SETTINGS}/members/{who.id}/role", data={"role": "viewer"}),
        alice.post(f"{SETTINGS}/members/{who.id}/deactivate"),
    ):
        assert answer.status_code == 422
        assert "A workspace needs an owner" in answer.text
    assert member("alice@example.com").role == "owner"


def test_admins_neither_make_nor_unmake_owners(alice: Client, bob: Client, world: World) -> None:
    change(alice, "bob@example.com", "admin")
    owner, carol = member("alice@example.com"), member("carol@example.com")
    assert bob.post(f"{SETTINGS}/members/{carol.id}/role", data={"role": "owner"}).status_code == 403
    assert bob.post(f"{SETTINGS}/members/{owner.id}/role", data={"role": "viewer"}).status_code == 403
    assert bob.post(f"{SETTINGS}/members/{owner.id}/deactivate").status_code == 403
    assert bob.post(f"{SETTINGS}/invitations", data={"email": "x@example.com", "role": "owner"}).status_code == 403
    assert bob.post(f"{SETTINGS}/members/{carol.id}/role", data={"role": "sales"}).status_code == 303


def test_members_of_other_workspaces_are_not_there(alice: Client, world: World) -> None:
    foreign = foreign_member(world.mallory)
    assert alice.post(f"{SETTINGS}/members/{foreign}/role", data={"role": "viewer"}).status_code == 404
    assert alice.post(f"{SETTINGS}/members/{foreign}/deactivate").status_code == 404
    assert alice.post(f"{SETTINGS}/invitations/{foreign}/withdraw").status_code == 404


@pytest.mark.commits
def test_two_owners_cannot_remove_each_other_at_once(app: Flask, alice: Client, bob: Client, world: World) -> None:
    change(alice, "bob@example.com", "owner")
    targets = [(alice, member("bob@example.com").id), (bob, member("alice@example.com").id)]
    db.session.commit()

    def shut_out(pair: tuple[Client, Any]) -> int:
        with app.app_context():
            return pair[0].post(f"{SETTINGS}/members/{pair[1]}/deactivate").status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(shut_out, targets))
    assert answers[0] == 303 and answers[1] in (403, 404, 422)
    left = db.session.scalars(select(Membership).where(Membership.role == "owner")).all()
    assert len([each for each in left if each.deactivated_at is None]) == 1


def invited(client: Client, email: str, role: str) -> str:
    answer = client.post(f"{SETTINGS}/invitations", data={"email": email, "role": role})
    assert answer.status_code == 303, answer.text
    message = db.session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
    assert message.recipient == email.lower()
    found = re.search(r"http://[^/]+(/invite/\S+)", message.body)
    assert found is not None
    return found[1]


def change(client: Client, email: str, role: str) -> None:
    answer = client.post(f"{SETTINGS}/members/{member(email).id}/role", data={"role": role})
    assert answer.status_code == 303


def member(email: str) -> Membership:
    user = find_user(email)
    assert user is not None
    return db.session.scalars(select(Membership).where(Membership.user_id == user.id)).one()


def foreign_member(who: Member) -> Any:
    with who.acting():
        return db.session.scalars(select(Membership.id).where(Membership.user_id == who.user_id)).one()
