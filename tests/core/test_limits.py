"""How often is too often, by whom it is counted."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.support.client import Client
from tests.support.world import PASSWORD, World

NOBODY = "01a1fb77-e7c8-773b-ac80-b582b9bdaef3"


def test_a_burst_of_sign_ins_is_counted_before_the_password_is_looked_at(client: Client, world: World) -> None:
    """Right passwords stand for guesses that are still being hashed: both take a slot, and neither has failed yet."""
    typed = {"email": "bob@example.com", "password": PASSWORD}
    assert [client.post("/login", data=typed).status_code for _ in range(120)] == [303] * 120
    refused = client.post("/login", data=typed)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) <= 61


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("settings/invitations", 422),
        (f"leads/{NOBODY}/messages", 404),
        (f"quotes/{NOBODY}/send", 404),
    ],
)
def test_sending_is_counted_for_each_person(alice: Client, mallory: Client, path: str, status: int) -> None:
    assert {alice.post(f"/w/wells/{path}").status_code for _ in range(60)} == {status}
    assert alice.post(f"/w/wells/{path}").status_code == 429
    assert mallory.post(f"/w/rival/{path}").status_code == status


def test_one_person_reaches_fifty_mailboxes_a_day_by_invitations(alice: Client, mallory: Client) -> None:
    def invite(who: Client, slug: str, email: str) -> TestResponse:
        return who.post(f"/w/{slug}/settings/invitations", data={"email": email, "role": "sales"})

    assert invite(alice, "wells", "what is no address").status_code == 422
    assert {invite(alice, "wells", f"new{number}@example.com").status_code for number in range(50)} == {303}
    refused = invite(alice, "wells", "one-more@example.com")
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 80_000
    assert "You can go on tomorrow." in refused.text
    assert invite(mallory, "rival", "one-more@example.com").status_code == 303


def test_strangers_use_up_nobodys_limit(alice: Client, client: Client, make_lead: Callable[..., Any]) -> None:
    address = f"/w/wells/leads/{make_lead().id}/messages"
    for _ in range(70):
        client.post(address, data={"body": "x"})
    assert alice.post(address, data={"body": "x"}).status_code == 422


@pytest.mark.parametrize("path", ["imports", "squeegee/reconciliation", "squeegee/bookings/file"])
def test_a_stranger_sends_no_large_file(client: Client, world: World, path: str) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    table = head + b"A,B\n" * 500_000 + b"\r\n--x--"
    sent = client.post(f"/w/wells/{path}", data=table, content_type="multipart/form-data; boundary=x")
    assert sent.status_code == 413
