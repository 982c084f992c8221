"""Signed out in another tab while a page stands open: nothing typed is replaced, and the way back is a page."""

from typing import Any

import pytest

from app.core.problems import problem
from tests.support.client import RAW_TOKEN, Client
from tests.support.world import World

BOARD = "/w/wells/leads/board?stage=new"
SHOWN = {"HX-Current-URL": f"http://127.0.0.1:9{BOARD}"}
BACK = "/login?next=/w/wells/leads/board?stage%3Dnew"


def test_a_part_leads_back_to_the_page_that_it_belongs_to(client: Client, world: World) -> None:
    answer = client.get("/w/wells/sidebar", hx=True, headers=SHOWN)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, BACK)


@pytest.mark.parametrize("address", ["http://[bad", "https://evil.example/w/wells/leads", ""])
def test_what_is_no_page_of_ours_is_no_way_back(client: Client, world: World, address: str) -> None:
    answer = client.get("/w/wells/sidebar", hx=True, headers={"HX-Current-URL": address})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login")


@pytest.mark.parametrize("csrf", [False, True], ids=["cookies lost", "session ended"])
def test_what_was_sent_without_a_session_takes_the_place_of_nothing(
    client: Client, world: World, make_lead: Any, csrf: bool
) -> None:
    answer = client.post(f"/w/wells/leads/{make_lead().id}/notes", hx=True, csrf=csrf, headers=SHOWN)
    assert (answer.status_code, answer.headers["X-Sign-In"], answer.headers["HX-Reswap"]) == (401, BACK, "none")
    assert "HX-Redirect" not in answer.headers and "You are signed out" in answer.text


def test_who_has_signed_in_again_sends_it_again(alice: Client, make_lead: Any) -> None:
    url, note = f"/w/wells/leads/{make_lead().id}/notes", {"note": "Gate is green", "note_type": "general"}
    alice.keep_session({**alice.cookie_session(), "csrf_token": RAW_TOKEN})
    refused = alice.post(url, hx=True, csrf=False, headers={"X-CSRFToken": "of-another-session"}, data=note)
    assert (refused.status_code, refused.headers["HX-Reswap"]) == (400, "none")
    assert refused.headers["X-Viewer"] == str(alice.user_id)
    token = {"X-CSRFToken": refused.headers["X-New-Token"]}
    assert alice.post(url, hx=True, csrf=False, headers=token, data=note).status_code == 200


def test_a_script_that_wants_words_is_told_as_much(alice: Client, client: Client, make_lead: Any) -> None:
    url, plain = f"/w/wells/leads/{make_lead().id}/star", {"Accept": "text/plain"}
    assert client.get(url, headers=plain).status_code == 401
    assert client.post(url, headers=plain, csrf=False).status_code == 401
    alice.keep_session({**alice.cookie_session(), "csrf_token": RAW_TOKEN})
    refused = alice.post(url, csrf=False, headers={**plain, "X-CSRFToken": "of-another-session"}, data={"on": "1"})
    assert (refused.status_code, refused.headers["X-Viewer"]) == (400, str(alice.user_id))
    token = {"X-CSRFToken": refused.headers["X-New-Token"]}
    assert alice.post(url, csrf=False, headers={**plain, **token}, data={"on": "1"}).status_code < 300


def test_customers_are_not_told_to_sign_in(client: Client, world: World) -> None:
    answer = client.post("/signup", hx=True, csrf=False)
    assert answer.status_code == 400 and "X-Sign-In" not in answer.headers


def test_a_refusal_of_what_was_sent_is_said_beside_it(app: Any) -> None:
    with app.test_request_context("/", method="POST", headers={"HX-Request": "true"}):
        sent = problem(503)
    with app.test_request_context("/", headers={"HX-Request": "true"}):
        asked = problem(503)
    assert sent.headers["HX-Reswap"] == "none" and "Nothing was saved" in sent.headers["HX-Trigger"]
    assert "HX-Reswap" not in asked.headers and "Nothing was saved" in asked.get_data(as_text=True)
