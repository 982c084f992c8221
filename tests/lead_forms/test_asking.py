"""What a form's content makes of its page, of what is judged, and of the lead."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.contacts.models import Consent, Property
from app.core.clock import utcnow
from app.extensions import db
from app.lead_forms.models import LeadForm, LeadFormVersion
from app.lead_forms.services import tokens
from app.lead_forms.services.standard import STANDARD_STEPS
from app.workspaces.models import Workspace
from tests.lead_forms.conftest import ANSWERS, Page, leads, submissions
from tests.support.client import Client

HEIGHT, NOTES, ROOMS, KEYS = "own_00000001", "own_00000002", "own_00000003", "own_00000004"
OWN = {
    HEIGHT: {"kind": "choice", "label": "How high?", "choices": ["First floor", "Second floor"], "required": True},
    NOTES: {"kind": "long", "label": "What did the last cleaner miss?"},
    ROOMS: {"kind": "choices", "label": "Which rooms inside?", "choices": ["Kitchen", "Hall", "Loft"]},
    KEYS: {"kind": "yes_no", "label": "May we have a key?"},
}
STEPS = [{"title": title, "questions": list(keys)} for title, keys in STANDARD_STEPS]


@pytest.fixture
def asks(form: LeadForm) -> Callable[..., None]:
    """Give the form a content, as the builder does."""

    def give(**content: Any) -> None:
        form.content = content
        form.version_no += 1
        db.session.commit()

    return give


def with_own() -> dict[str, Any]:
    return {"steps": [*STEPS[:-1], {"title": "A few more", "questions": list(OWN)}, STEPS[-1]], "questions": OWN}


def test_own_questions_come_to_the_lead_and_its_drawer(
    asks: Callable[..., None], send: Any, client: Client, form: LeadForm, alice: Client
) -> None:
    asks(**with_own())
    page = client.get(f"/q/{form.key}")
    assert "A few more" in page.text and "Step 8 of 8" in page.text
    assert set(OWN) <= Page(page.text).names
    hostile = "Corners <b>& frames</b>"
    sent = send(**{HEIGHT: "Second floor", NOTES: hostile, ROOMS: ["Hall", "Loft"], KEYS: "no"})
    assert sent.status_code == 303
    (lead,) = leads()
    assert lead.answers == (
        f'[["How high?", "Second floor"], ["What did the last cleaner miss?", "{hostile}"],'
        ' ["Which rooms inside?", "Hall, Loft"], ["May we have a key?", "No"]]'
    )
    drawer = alice.get(f"/w/wells/leads/{lead.id}", hx=True).text
    assert "What was answered" in drawer and "Hall, Loft" in drawer
    assert "Corners &lt;b&gt;&amp; frames" in drawer and "<b>&" not in drawer
    assert '"own_00000003": ["Hall", "Loft"]' in submissions()[0].answers


def test_what_is_demanded_or_was_never_offered_is_told_beside_it(asks: Callable[..., None], send: Any) -> None:
    asks(**with_own())
    for changed, name, said in (
        ({}, HEIGHT, "Choose one"),
        ({HEIGHT: "Moon"}, HEIGHT, "Choose one"),
        ({HEIGHT: "First floor", ROOMS: ["Hall", "Cellar"]}, ROOMS, "Choose one or more"),
        ({HEIGHT: "First floor", NOTES: "x" * 2001}, NOTES, "2,000 characters"),
        ({HEIGHT: "First floor", KEYS: "maybe"}, KEYS, "yes or no"),
    ):
        answer = send(**changed)
        assert answer.status_code == 422, changed
        assert said in answer.text.partition(f'id="f-{name}-error">')[2].partition("</p>")[0]
        assert Page(answer.text).fields["name"] == ["Hannah Cole"]
    assert leads() == []


def test_what_is_not_asked_is_neither_demanded_nor_taken(
    asks: Callable[..., None], send: Any, client: Client, form: LeadForm
) -> None:
    asks(steps=[{"title": "Quickly", "questions": ["postcode", "service", "name", "email"]}])
    page = Page(client.get(f"/q/{form.key}").text)
    assert not {"phone", "property_type", "extras", "marketing_sms", "photos"} & page.names
    asked = {name: ANSWERS[name] for name in ("postcode", "service", "name", "email")}
    blank = dict.fromkeys(set(ANSWERS) - set(asked), "")
    assert send(**blank | {"preferred_method": "pigeon", "property_type": "castle"}).status_code == 303
    (lead,) = leads()
    assert (lead.property_type, lead.frequency, lead.extras, lead.contact.phone) == (None, None, [], None)
    assert 'id="f-email-error">Enter your email address' in send(**blank | {"email": ""}).text


def test_access_and_the_best_time_are_kept_and_shown(send: Any, alice: Client) -> None:
    send(access_facts=["dog", "locked_gate"], preferred_time="evening")
    (lead,) = leads()
    assert lead.preferred_time == "evening"
    assert db.session.scalars(select(Property)).one().access_facts == ["locked_gate", "dog"]
    page = alice.get(f"/w/wells/leads/{lead.id}/page").text
    assert "Locked gate, Dog\nSide gate is locked" in page and "evenings" in page
    assert send(access_facts=["dragon"]).status_code == 422


def test_a_page_made_before_a_change_is_judged_as_it_was_shown(
    asks: Callable[..., None], send: Any, form: LeadForm
) -> None:
    was, wording = form.version_no, form.consent_wording
    db.session.add(
        LeadFormVersion(
            form_id=form.id, version_no=was, consent_wording=wording, thank_you="", content={}, created_by=None
        )
    )
    form.consent_wording = "Something quite different"
    asks(**with_own())
    assert send(version=str(was), marketing_email="1").status_code == 303
    assert submissions()[0].form_version_no == was
    assert db.session.scalars(select(Consent)).one().wording == f"{wording} By email."
    for never in ("999", "²", "-1", "x" * 50):
        assert send(version=never).status_code == 422  # the form of today has a question that must be answered


def test_the_website_goes_on_where_the_form_says(
    asks: Callable[..., None], send: Any, client: Client, workspace: Workspace
) -> None:
    asks(redirect_url="https://www.example.com/thanks?a=1&b=2")
    page = client.get(send().headers["Location"]).text
    assert 'href="https://www.example.com/thanks?a=1&amp;b=2"' in page and 'http-equiv="refresh"' in page
    framed = client.get(send(query="embed=1").headers["Location"]).text
    assert 'target="_top"' in framed and "refresh" not in framed
    outside = client.get(send(postcode="TA1 1AA").headers["Location"]).text
    assert "example.com" not in outside


def test_a_way_to_get_in_touch_can_always_be_chosen(asks: Callable[..., None], form: LeadForm, client: Client) -> None:
    """A form that asks for no number offers no call, and must not want one of nothing to be chosen."""
    step = {"title": "You", "questions": ["postcode", "service", "name", "email", "preferred_method"]}
    asks(steps=[step], questions={"preferred_method": {"required": True, "offers": ["phone", "sms"]}})
    page = client.get(f"/q/{form.key}")
    assert "Whatever is easiest" in page.text and "Phone call" not in page.text
    fields = {"preferred_method": "any", "token": tokens.issue(form.id, utcnow() - timedelta(minutes=1))}
    assert client.post(f"/q/{form.key}", data=ANSWERS | fields, csrf=False).status_code == 303
