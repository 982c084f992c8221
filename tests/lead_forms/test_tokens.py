"""One page, one lead: doubles, replays, forgeries and pages left open."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.activities.models import Activity
from app.core.clock import utcnow
from app.extensions import db
from app.lead_forms.models import LeadForm
from app.lead_forms.services import tokens
from tests.lead_forms.conftest import Page, leads, submissions
from tests.support.client import Client
from tests.support.world import World

Send = Callable[..., TestResponse]


def test_a_double_submit_makes_one_lead_and_says_the_same(send: Send, token: Callable[..., str]) -> None:
    one = token()
    first, second = send(token=one), send(token=one, name="Somebody Else")
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(leads()) == len(submissions()) == 1


def test_a_repeat_of_an_enquiry_outside_the_area_says_so_again(send: Send, token: Callable[..., str]) -> None:
    one = token()
    places = {send(token=one, postcode="TA1 1AA").headers["Location"] for _ in range(2)}
    assert len(places) == 1


def test_a_quarantined_double_stays_one(send: Send, token: Callable[..., str]) -> None:
    one = token()
    assert {send(token=one, homepage="x").headers["Location"] for _ in range(2)}.__len__() == 1
    assert len(submissions()) == 1 and leads() == []


@pytest.mark.parametrize("ago", [timedelta(hours=25), timedelta(minutes=-10)])
def test_a_page_left_open_too_long_is_shown_again_with_everything(
    send: Send, client: Client, token: Callable[..., str], ago: timedelta
) -> None:
    response = send(token=token(ago))
    page = Page(response.text)
    assert response.status_code == 422
    assert "open for a long time" in response.text
    assert page.fields["name"] == ["Hannah Cole"]
    assert tokens.read(form_id(), page.fields["token"][0]) is not None
    assert leads() == [] and submissions() == []


def test_what_arrived_in_time_is_not_asked_for_again_a_day_later(send: Send, token: Callable[..., str]) -> None:
    """As when its answer was lost on the way, and the tab was woken the day after."""
    one = token()
    first = send(token=one)
    with time_machine.travel(utcnow() + timedelta(hours=30)):
        second = send(token=one, phone="07700 900319")
    assert (second.status_code, second.headers["Location"]) == (303, first.headers["Location"])
    assert len(leads()) == 1
    assert "07700 900319" in db.session.scalars(select(Activity).where(Activity.kind == "note")).one().body


@pytest.mark.parametrize("forged", ["", "rubbish", "W10.x", "WyJhIiwxLCJiIl0.AAAA"])
def test_a_forged_token_makes_nothing(send: Send, forged: str) -> None:
    assert send(token=forged).status_code == 422
    assert leads() == [] and submissions() == []


def test_a_token_of_another_form_is_not_ours(send: Send, world: World) -> None:
    with world.mallory.acting():
        other = db.session.execute(select(LeadForm.id)).scalar_one()
    assert send(token=tokens.issue(other)).status_code == 422
    assert leads() == []


def test_a_changed_token_is_refused(send: Send, token: Callable[..., str]) -> None:
    one = token()
    assert send(token=("A" if one[0] != "A" else "B") + one[1:]).status_code == 422


def test_a_result_token_is_no_form_token(send: Send, form: LeadForm) -> None:
    assert send(token=tokens.result_token(form.id, tokens.Result("X-1", True))).status_code == 422


def form_id():
    return db.session.execute(select(LeadForm.id)).scalar_one()
