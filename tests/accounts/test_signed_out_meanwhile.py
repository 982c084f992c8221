"""A form that is sent as a page while its sender is signed out comes back with everything that was typed."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.leads.models import Lead
from tests.support.client import Client
from tests.support.world import World, sign_in

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"}  # Chrome's
OURS = PAGE | {"Sec-Fetch-Site": "same-origin"}
NEW = "/w/wells/leads/new"
TYPED = {
    "name": "Ann <Pike>", "phone": "01749 960123", "wishes": "The porch\r\nand “the back”", "source_key": "phone",
    "service": "window_cleaning", "csrf_token": "of-another-session",
}  # fmt: skip


def held(page: str) -> dict[str, str]:
    """The fields that the page would send."""
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)}


def leads() -> list[Lead]:
    return list(db.session.scalars(select(Lead)))


def test_it_is_sent_again_by_whoever_signs_in_beside_it(world: World, client: Client) -> None:
    out = client.post(NEW, data=TYPED, csrf=False, headers=OURS | {"Referer": f"http://127.0.0.1:9{NEW}?x=1"})
    assert out.status_code == 400 and "You are signed out" in out.text
    assert "Set-Cookie" not in out.headers
    assert 'href="/login?next=/w/wells/leads/new?x%3D1"' in out.text
    kept = held(out.text)
    assert kept == {name: value for name, value in TYPED.items() if name != "csrf_token"}
    sign_in(client, world.alice)
    again = client.post(NEW, data=kept, csrf=False, headers=OURS)
    assert again.status_code == 400 and "You are signed in as Alice Archer" in again.text
    assert leads() == []
    done = client.post(NEW, data=held(again.text), csrf=False, headers=OURS)
    assert done.status_code == 303
    assert [lead.contact.name for lead in leads()] == ["Ann <Pike>"]


def test_a_session_that_was_ended_elsewhere_loses_nothing_either(world: World, alice: Client) -> None:
    token = alice.csrf_token()
    world_sessions_end(world)
    out = alice.post(NEW, data=TYPED | {"csrf_token": token}, headers=OURS)
    assert out.status_code == 401 and held(out.text)["wishes"] == TYPED["wishes"]


def world_sessions_end(world: World) -> None:
    """What a change of the password in another browser does."""
    from app.accounts.models import LoginSession

    for each in db.session.scalars(select(LoginSession).where(LoginSession.user_id == world.alice.user_id)):
        db.session.delete(each)
    db.session.commit()


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)  # fmt: skip
def test_no_page_of_others_is_handed_a_token(alice: Client, headers: dict[str, str]) -> None:
    out = alice.post(NEW, data=TYPED, csrf=False, headers=PAGE | headers)
    assert out.status_code == 400 and held(out.text) == {}


def test_files_have_to_be_chosen_again(alice: Client) -> None:
    data = {"file": (BytesIO(b"Name\nAnn\n"), "customers.csv"), "csrf_token": "old"}
    out = alice.post(
        "/w/wells/imports", data=data, content_type="multipart/form-data", csrf=False,
        headers=PAGE | {"Origin": "http://127.0.0.1:9"},
    )  # fmt: skip
    assert out.status_code == 400 and "choose customers.csv again" in out.text


def test_a_form_larger_than_any_of_ours_is_not_handed_back(alice: Client, make_lead: Callable[..., Any]) -> None:
    out = alice.post(NEW, data={f"field-{number}": "x" for number in range(4_100)}, csrf=False, headers=OURS)
    assert out.status_code in (400, 413) and held(out.text) == {}


@pytest.mark.parametrize("page", ["http://[::1", "https://127.0.0.1:99999/"])
def test_a_page_or_an_origin_that_is_no_address_is_none_of_ours(client: Client, page: str) -> None:
    out = client.post(NEW, data=TYPED, csrf=False, headers=OURS | {"Referer": page})
    assert out.status_code == 400 and 'href="/login"' in out.text
    assert held(client.post(NEW, data=TYPED, csrf=False, headers=PAGE | {"Origin": page}).text) == {}
    # Over https every form is asked which page sent it.
    ours = "https://127.0.0.1:9"
    assert client.post("/login", data={}, base_url=ours, headers={"Referer": page}).status_code == 400
