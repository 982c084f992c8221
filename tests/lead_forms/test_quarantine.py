"""Deciding about what waits in the quarantine."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.audit.models import AuditEntry
from app.core.ids import new_id
from app.extensions import db
from app.lead_forms.services import waiting_count
from tests.lead_forms.conftest import leads, submissions
from tests.support.client import Client
from tests.support.world import World

Send = Callable[..., TestResponse]


def act(client: Client, what: str, which: object, *, hx: bool = False) -> TestResponse:
    return client.post(f"/w/wells/quarantine/{which}/{what}", hx=hx)


@pytest.fixture
def waiting(send: Send) -> object:
    """The id of a sending that waits."""
    send(homepage="x", utm_source="flyer", marketing_email="1")
    return submissions()[0].id


def test_it_lists_what_waits_with_the_reason(alice: Client, waiting: object) -> None:
    page = alice.get("/w/wells/quarantine")
    assert page.status_code == 200
    assert "Hannah Cole" in page.text and "people do not see" in page.text


def test_it_is_counted_for_whoever_may_decide(world: World, waiting: object) -> None:
    with world.bob.acting() as bob:
        assert waiting_count(bob) == 1
    with world.mallory.acting() as mallory:
        assert waiting_count(mallory) == 0


def test_the_list_and_the_settings_lead_to_it(alice: Client, waiting: object) -> None:
    way = 'href="/w/wells/quarantine"'
    page = alice.get("/w/wells/leads").text
    count = re.search(r'hx-get="([^"]*leads/count[^"]*)"', page)
    assert count and way in alice.get(count[1]).text  # the list fetches its figures by itself
    assert way in alice.get("/w/wells/settings").text
    act(alice, "delete", waiting)
    assert way not in alice.get(count[1]).text


def test_released_it_is_a_lead_like_any_other(alice: Client, waiting: object) -> None:
    response = act(alice, "release", waiting)
    assert response.status_code == 303
    (lead,) = leads()
    (kept,) = submissions()
    assert (kept.state, kept.lead_id) == ("released", lead.id)
    assert (lead.contact.name, lead.utm_source, lead.frequency) == ("Hannah Cole", "flyer", "8_weekly")
    assert (str(lead.address), lead.landing_page) == ("127.0.0.1", "https://www.example.com/windows")
    assert "form_submission.released" in db.session.scalars(select(AuditEntry.action)).all()
    assert "Hannah Cole" not in alice.get("/w/wells/quarantine").text


def test_under_htmx_the_list_comes_back_with_a_word(alice: Client, waiting: object) -> None:
    response = act(alice, "release", waiting, hx=True)
    assert response.status_code == 200
    assert "Nothing is waiting" in response.text and leads()[0].number in response.text


def test_deleted_its_words_are_gone_and_the_act_is_on_record(alice: Client, waiting: object) -> None:
    assert act(alice, "delete", waiting).status_code == 303
    (kept,) = submissions()
    assert (kept.state, kept.answers, kept.address, kept.device) == ("deleted", "{}", None, None)
    assert leads() == []
    assert "form_submission.deleted" in db.session.scalars(select(AuditEntry.action)).all()


@pytest.mark.parametrize("what", ["release", "delete"])
def test_only_the_first_decision_counts(alice: Client, waiting: object, what: str) -> None:
    act(alice, "release", waiting)
    assert act(alice, what, waiting).status_code == 409
    assert len(leads()) == 1


def test_sales_may_decide_and_an_onlooker_and_the_crew_may_not(
    bob: Client, carol: Client, dave: Client, waiting: object
) -> None:
    for client in (carol, dave):
        assert client.get("/w/wells/quarantine").status_code == 403
        assert act(client, "release", waiting).status_code == 403
        assert act(client, "delete", waiting).status_code == 403
    assert "Hannah Cole" in bob.get("/w/wells/quarantine").text
    assert act(bob, "release", waiting).status_code == 303
    assert len(leads()) == 1


def test_other_workspaces_know_nothing_of_it(mallory: Client, waiting: object) -> None:
    assert mallory.get("/w/wells/quarantine").status_code == 404
    for what in ("release", "delete"):
        theirs = mallory.post(f"/w/rival/quarantine/{waiting}/{what}")
        nobodys = mallory.post(f"/w/rival/quarantine/{new_id()}/{what}")
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert submissions()[0].state == "quarantined"


def test_an_accepted_sending_is_not_in_the_quarantine(alice: Client, send: Send) -> None:
    send()
    assert act(alice, "delete", submissions()[0].id).status_code == 404
