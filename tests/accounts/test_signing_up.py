"""Sign-up makes an account, its workspace, and nothing else."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.accounts.queries import find_user
from app.core.tenancy import Scope, enter
from app.extensions import db
from app.followups.models import Sequence
from app.followups.queries.steps import every, steps_of
from app.lead_forms.models import LeadForm
from app.leads.models import LeadSource, Stage
from app.messaging.models import MessageTemplate
from app.messaging.services import unknown_variables
from app.squeegee.models import SqueegeeAccount
from app.workspaces.queries import places_of
from tests.support.client import Client
from tests.support.world import World

GOOD = {
    "business": "Mendip Bright Windows", "name": "Erin Vale", "email": "Erin@Example.com ",
    "password": "ladders-in-the-fog",
}  # fmt: skip


def test_names_that_were_pasted_with_blanks_of_other_kinds_are_taken(client: Client) -> None:
    pasted = {**GOOD, "business": "Mendip\u00a0Bright Windows", "name": "Erin\u00a0Vale\u2009"}
    assert client.post("/signup", data=pasted).status_code == 303
    user = find_user("erin@example.com")
    assert user is not None and user.name == "Erin Vale"


def test_makes_a_workspace_and_signs_in(app: Flask, client: Client) -> None:
    answer = client.post("/signup", data=GOOD)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/w/mendip-bright-windows/leads/board")
    user = find_user("erin@example.com")
    assert user is not None and user.name == "Erin Vale"
    assert user.password_hash.startswith("$argon2id$") and GOOD["password"] not in user.password_hash
    enter(Scope(None, user.id, "none"))
    assert [(place.slug, place.role) for place in places_of(user.id)] == [("mendip-bright-windows", "owner")]
    assert client.get("/w/mendip-bright-windows/settings").status_code == 200
    assert client.get("/").headers["Location"] == "/w/mendip-bright-windows/leads/board"


def test_a_new_workspace_can_take_an_enquiry_at_once(world: World) -> None:
    stages = db.session.scalars(select(Stage).order_by(Stage.position)).all()
    assert [stage.key for stage in stages] == [
        "new", "contacted", "quote_requested", "quote_sent", "negotiating", "follow_up_1", "follow_up_2", "hot_lead",
        "ready_for_squeegee", "transferred_to_squeegee", "booking_confirmed", "declined", "lost_contact", "not_in_area",
    ]  # fmt: skip
    assert {stage.key for stage in stages if stage.is_final} == {
        "transferred_to_squeegee", "booking_confirmed", "declined", "lost_contact", "not_in_area",
    }  # fmt: skip
    assert [stage.follow_up_days for stage in stages] == [1, 2, 1, 7, 3, 7, 14, 2] + [None] * 6
    assert "website_form" in db.session.scalars(select(LeadSource.key)).all()
    assert db.session.scalars(select(LeadForm.key)).one().startswith("wells-")
    secret = db.session.scalars(select(SqueegeeAccount)).one().webhook_secret
    assert secret is not None and secret.startswith("whsec_")


def test_the_first_words_can_be_filled_in(world: World) -> None:
    templates = db.session.scalars(select(MessageTemplate)).all()
    assert {"acknowledgement", "not_in_area", "quote_email", "quote_sms"} <= {each.key for each in templates}
    for template in templates:
        assert unknown_variables(template.subject + template.body) == []
        advertises = template.key.startswith("nurture_") or template.key == "win_back"
        assert template.purpose == ("marketing" if advertises else "service")
    sequences = db.session.scalars(select(Sequence)).all()
    channels = {template.key: template.channel for template in templates}
    steps = [step for sequence in sequences for step in every(steps_of(sequence.steps)) if step.is_message]
    assert steps
    assert [step.key for step in steps if channels.get(step.template_key) != step.kind] == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("business", " ", "Enter the name of your business."),
        ("name", "", "Enter your name."),
        ("email", "erin@", "Enter your email address"),
        ("password", "short", "at least 12 characters"),
        ("password", "windowcleaning", "among the first passwords"),
    ],
)
def test_says_what_is_wrong_and_keeps_the_rest(client: Client, field: str, value: str, said: str) -> None:
    answer = client.post("/signup", data={**GOOD, field: value})

    assert answer.status_code == 422
    assert said in answer.text
    kept = GOOD["business"] if field != "business" else GOOD["name"]
    assert kept in answer.text
    assert GOOD["password"] not in answer.text
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_a_taken_address_makes_nothing(world: World, client: Client) -> None:
    before = db.session.scalar(select(func.count()).select_from(User))
    answer = client.post("/signup", data={**GOOD, "email": "alice@example.com"})

    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(User)) == before
    assert client.get("/w/mendip-bright-windows/settings").headers["Location"].startswith("/login")


def test_firms_of_one_name_get_addresses_of_their_own(app: Flask, client: Client) -> None:
    client.post("/signup", data=GOOD)
    second = app.test_client().post("/signup", data={**GOOD, "email": "fred@example.com"})
    assert second.headers["Location"] == "/w/mendip-bright-windows-2/leads/board"


def test_someone_signed_in_opens_another_business(alice: Client) -> None:
    assert "Your name" not in alice.get("/signup").text
    answer = alice.post("/signup", data={"business": "Alice & Daughters"})
    assert answer.headers["Location"] == "/w/alice-daughters/leads/board"
    chooser = alice.get("/")
    assert chooser.status_code == 200
    assert "Wells Window Cleaning" in chooser.text and "Alice &amp; Daughters" in chooser.text


def test_needs_the_csrf_token(client: Client) -> None:
    assert client.post("/signup", data=GOOD, csrf=False).status_code == 400
    assert find_user("erin@example.com") is None


def test_one_address_cannot_make_workspaces_without_end(app: Flask) -> None:
    answers = [
        app.test_client().post("/signup", data={**GOOD, "email": f"someone{number}@example.com"}).status_code
        for number in range(22)
    ]
    assert answers[:20] == [303] * 20
    assert answers[20:] == [429, 429]
