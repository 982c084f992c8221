"""Building forms: questions, their order and words, what may be stored and what is told instead."""

from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from app.audit.models import AuditEntry
from app.extensions import db
from app.lead_forms.forms.arranging import MOST_OWN
from app.lead_forms.models import LeadForm, LeadFormVersion
from app.lead_forms.services.content import content_of
from tests.lead_forms.sheets import Fields, act, rows, send, sheet, the_form
from tests.support.client import Client
from tests.support.guarding import unsaved_forms
from tests.support.world import World

FORMS = "/w/wells/settings/forms"


def own(typed: Any) -> str:
    """The key of the only own question on a sheet."""
    (key,) = {row.removeprefix("q:") for row in rows(typed) if row.startswith("q:own_")}
    return key


def test_saving_what_is_shown_changes_nothing(alice: Client) -> None:
    form = the_form()
    assert send(alice, form, sheet(alice, form)).status_code == 303
    form = the_form()
    assert (form.content, form.version_no) == ({}, 1)
    assert db.session.scalar(select(func.count()).select_from(LeadFormVersion)) == 0


def test_questions_are_moved_left_out_and_asked_again_without_scripts(alice: Client) -> None:
    form = the_form()
    typed = sheet(alice, form)
    typed = act(alice, form, typed, "out:town")
    typed = act(alice, form, typed, "up:frequency")
    typed = act(alice, form, typed, "down:postcode")
    typed = act(alice, form, typed, "in:photos")
    typed = act(alice, form, typed, "join:4")
    typed = act(alice, form, typed, "out:name")  # no form does without
    assert the_form().content == {}, "nothing is stored before it is saved"
    assert send(alice, form, typed).status_code == 303
    content = content_of(the_form())
    assert [step.questions for step in content.steps] == [
        ("postcode", "property_type", "bedrooms"),
        ("frequency", "service", "extras", "wishes"),
        ("access_facts", "access_notes", "preferred_method", "preferred_time"),
        ("name", "phone", "email", "address_line1"),
        ("marketing", "photos"),
    ]
    assert content.asks_photos and "town" in content.unasked


def test_a_question_of_ones_own(alice: Client, client: Client) -> None:
    form = the_form()
    typed = act(alice, form, sheet(alice, form), "add:choice")
    key = own(typed)
    refused = send(alice, form, typed, **{f"label_{key}": "", f"words_{key}": "Yes\n\nYes"})
    assert refused.status_code == 422
    assert "Write the question." in refused.text and "at least two answers" in refused.text
    answers = {f"label_{key}": "Who cleaned them before?", f"words_{key}": "Nobody\nSomeone else\n\n"}
    assert send(alice, form, typed, **answers, **{f"required_{key}": "1"}).status_code == 303
    question = content_of(the_form()).questions[key]
    assert (question.label, question.is_required, question.kind) == ("Who cleaned them before?", True, "choice")
    assert [words for _, words in question.choices] == ["Nobody", "Someone else"]
    page = client.get(f"/q/{the_form().key}").text
    assert "Who cleaned them before?" in page and "Someone else" in page
    typed = act(alice, form, sheet(alice, form), f"drop:{key}")
    assert send(alice, form, typed).status_code == 303
    assert the_form().content == {}


def test_other_words_fewer_answers_and_what_is_required(alice: Client) -> None:
    form = the_form()
    changed = {
        "label_service": "What is dirty?", "hint_postcode": "", "offer_service": ["window_cleaning", "gutter_clearing"],
        "required_property_type": None, "required_town": "1", "step_1": "Where?", "title": "", "price": "range",
        "range_percent": "20", "look": "own", "accent": "#AA3300", "shows_next_date": None,
    }  # fmt: skip
    assert send(alice, form, sheet(alice, form), **changed).status_code == 303
    form = the_form()
    content = content_of(form)
    assert content.questions["service"].label == "What is dirty?"
    assert [key for key, _ in content.questions["service"].choices] == ["window_cleaning", "gutter_clearing"]
    assert content.questions["postcode"].hint == "" and content.questions["town"].is_required
    assert not content.questions["property_type"].is_required
    assert (content.title, content.price, content.range_percent) == ("Ask for a quote", "range", 20)
    assert (content.accent, content.shows_next_date, content.steps[0].title) == ("#aa3300", False, "Where?")
    assert set(form.content["questions"]) == {"service", "postcode", "town", "property_type"}, "only what differs"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Give the form a name"), ({"consent_wording": " "}, "Write what people agree to"),
        ({"price": "free"}, "Choose whether a price"), ({"price": "range", "range_percent": "80"}, "from 5 to 50"),
        ({"look": "own", "accent": "red"}, "Choose a colour"), ({"title": "x" * 81}, "at most 80"),
        ({"offers_service": "1", "offer_service": None}, "Offer at least one"),
        ({"step_2": ""}, "Give the step a heading"),
        ({"source_id": "01890000-0000-7000-8000-000000000000"}, "Choose where these"),
        ({"redirect_url": "javascript:alert(1)"}, "whole address"),
        ({"redirect_url": "http://www.example.com"}, "whole address"),
        ({"redirect_url": "https://user@www.example.com/"}, "whole address"),
        ({"row": ["step:1", "q:name", "q:phone", "q:postcode"]}, "No form does without: What shall we clean?"),
        ({"row": ["step:1", "q:name", "q:service", "q:postcode"]}, "phone number or an email"),
    ],
)  # fmt: skip
def test_what_can_not_be_taken_is_told_and_nothing_typed_is_lost(
    alice: Client, changed: dict[str, Any], said: str
) -> None:
    form = the_form()
    answer = send(alice, form, sheet(alice, form), **{"thank_you": "Ta, we ring you", **changed})
    assert answer.status_code == 422
    assert said in answer.text and "Ta, we ring you" in answer.text
    assert unsaved_forms(answer.text) == [f"{FORMS}/{form.id}"]
    assert the_form().content == {}


def test_where_customers_are_sent_afterwards(alice: Client) -> None:
    form = the_form()
    for typed, kept in (("https://www.example.com", "https://www.example.com/"), ("", "")):
        assert send(alice, form, sheet(alice, form), redirect_url=typed).status_code == 303
        assert content_of(the_form()).redirect_url == kept


def test_each_change_of_what_is_shown_is_a_version(alice: Client, world: World) -> None:
    form = the_form()
    first_wording = form.consent_wording
    assert send(alice, form, sheet(alice, form), consent_wording="Write to me.", thank_you="Ta.").status_code == 303
    assert send(alice, form, sheet(alice, form), name="Website").status_code == 303  # for us only
    versions = db.session.scalars(select(LeadFormVersion).order_by(LeadFormVersion.version_no)).all()
    assert [each.consent_wording for each in versions] == [first_wording, "Write to me."]
    assert [each.created_by for each in versions] == [None, world.alice.user_id]
    assert (the_form().version_no, the_form().name) == (2, "Website")
    page = alice.get(f"{FORMS}/{form.id}/versions").text
    assert first_wording in page and "Write to me." in page
    seen = the_form().version
    assert alice.post(f"{FORMS}/{form.id}/versions/1", data={"seen": str(seen)}).status_code == 303
    assert (the_form().consent_wording, the_form().version_no) == (first_wording, 3)
    changes = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "lead_form.changed")).all()
    assert len(changes) == 3


def test_two_people_do_not_overwrite_each_other(alice: Client) -> None:
    form = the_form()
    mine, theirs = sheet(alice, form), sheet(alice, form)
    assert send(alice, form, theirs, thank_you="Theirs").status_code == 303
    answer = send(alice, form, mine, thank_you="Mine")
    assert answer.status_code == 409 and "Someone else changed this form" in answer.text and "Mine" in answer.text
    assert the_form().thank_you == "Theirs" and unsaved_forms(answer.text) == [f"{FORMS}/{form.id}"]
    again = answer.text.partition('name="seen" value="')[2].partition('"')[0]
    assert send(alice, form, mine, thank_you="Mine", seen=again).status_code == 303


def test_who_mends_a_slip_still_hears_of_the_other_editor(alice: Client) -> None:
    form = the_form()
    mine = sheet(alice, form)
    assert send(alice, form, sheet(alice, form), thank_you="Theirs").status_code == 303
    moved = act(alice, form, mine, "down:bedrooms")  # without scripts: the whole page comes anew
    slip = send(alice, form, moved, name="", thank_you="Mine")
    assert slip.status_code == 422
    again = dict(Fields(slip.text).pairs)["seen"]
    assert send(alice, form, mine, thank_you="Mine", seen=again).status_code == 409
    assert the_form().thank_you == "Theirs"


def test_forms_are_added_copied_and_switched_off(alice: Client, client: Client) -> None:
    first = the_form()
    assert alice.post(FORMS, data={"name": " "}).status_code == 422
    assert alice.post(FORMS, data={"name": first.name}).status_code == 422
    made = alice.post(FORMS, data={"name": "Shops and offices"})
    assert made.status_code == 303
    assert alice.post(f"{FORMS}/{first.id}/copy").status_code == 303
    forms = {form.name: form for form in db.session.scalars(select(LeadForm))}
    assert set(forms) == {first.name, "Shops and offices", f"{first.name}, copy"}
    shops, copy = forms["Shops and offices"], forms[f"{first.name}, copy"]
    assert len({form.key for form in forms.values()}) == 3
    assert (shops.is_active, copy.is_active) == (True, False)
    assert client.get(f"/q/{shops.key}").status_code == 200
    assert client.get(f"/q/{copy.key}").status_code == 404
    assert alice.get(f"{FORMS}/{copy.id}/preview").status_code == 200, "what is off can be looked at"
    assert alice.post(f"{FORMS}/{shops.id}/switch").status_code == 303
    assert alice.post(f"{FORMS}/{copy.id}/switch", data={"on": "1"}).status_code == 303
    assert client.get(f"/q/{shops.key}").status_code == 404
    assert client.get(f"/q/{copy.key}").status_code == 200
    assert "Off" in alice.get(FORMS).text


def test_the_preview_shows_the_draft_and_stores_nothing(alice: Client) -> None:
    form = the_form()
    typed = sheet(alice, form)
    typed.setlist("label_postcode", ["<b>Where</b> to?"])
    typed.setlist("look", ["own"])
    typed.setlist("accent", ["#ff0000"])
    drawn = alice.post(f"{FORMS}/{form.id}/preview", data=typed)
    assert drawn.status_code == 200
    assert "&lt;b&gt;Where&lt;/b&gt; to?" in drawn.text
    assert drawn.headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert "form.js" not in drawn.text, "nothing in the preview is to be sent or kept"
    assert the_form().content == {}
    assert "frame-src 'self'" in alice.get(f"{FORMS}/{form.id}").headers["Content-Security-Policy"]


def test_the_builder_is_small_enough_and_asks_little(alice: Client, count_sql: Any) -> None:
    form = the_form()
    alice.get(FORMS)
    for path, most in ((FORMS, 8), (f"{FORMS}/{form.id}", 8), (f"{FORMS}/{form.id}/versions", 8)):
        with count_sql() as statements:
            page = alice.get(path)
        assert len(page.data) <= 60 * 1024, path
        assert len(statements) <= most, (path, statements)


def test_a_sheet_with_every_question_of_its_own_is_small_and_opens_one_by_one(alice: Client) -> None:
    form, typed = the_form(), sheet(alice, the_form())
    for number in range(MOST_OWN):
        kind = ("short", "choices")[number % 2]
        typed = act(alice, form, typed, f"add:{kind}")
        key = next(name[6:] for name, value in typed.items() if name.startswith("label_own_") and not value)
        typed[f"label_{key}"] = f"What about window number {number}?"
        typed[f"hint_{key}"] = "As far as you know it yourself"
        if kind == "choices":
            typed[f"words_{key}"] = "The large one\nThe small one\nNeither of the two"
    assert send(alice, form, typed).status_code == 303
    url = f"{FORMS}/{form.id}"
    page = alice.get(url)
    assert len(page.data) <= 60_000
    stored = the_form().content

    closed = MultiDict(Fields(page.text).pairs)
    assert f"label_{key}" not in closed and f"packed_{key}" in closed
    part = alice.post(url, data=MultiDict([*closed.items(multi=True), ("act", f"open:{key}")]), hx=True)
    assert 'value="What about window number 11?"' in part.text and "Neither of the two" in part.text
    assert "ask-row" not in part.text and len(part.data) < 4_000
    without_scripts = send(alice, form, closed, act=f"open:{key}").text
    assert f'name="label_{key}"' in without_scripts and "label_bedrooms" not in dict(Fields(without_scripts).pairs)

    version = the_form().version_no
    assert send(alice, form, closed).status_code == 303
    db.session.expire_all()
    assert (the_form().content, the_form().version_no) == (stored, version)
