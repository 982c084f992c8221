"""Templates in the settings: listed, written, kept in versions, set back, put away, looked at and tried out."""

import re

import pytest
from sqlalchemy import delete, select

from app.extensions import db
from app.messaging.models import Message, MessageTemplate, MessageTemplateVersion
from app.messaging.services import compose, render_template
from app.messaging.services.wording import SAMPLE, check_words
from tests.support.world import Member

HOME = "/w/wells/settings/templates"
WORDS = {"name": "Our own", "channel": "email", "purpose": "service", "subject": "Hello", "body": "Hi {first_name}."}


@pytest.fixture
def own(alice):
    """`own(**fields)`: the key of a template that Alice wrote by the form."""

    def write(**given):
        answer = alice.post(HOME, data=WORDS | given)
        assert answer.status_code == 303
        return answer.headers["Location"].rpartition("/")[2]

    return write


def template(key):
    return db.session.scalars(select(MessageTemplate).where(MessageTemplate.key == key)).one()


def seen(alice, key):
    """Which version of a template its page was drawn from."""
    found = re.search(r'name="seen" value="(\d+)"', alice.get(f"{HOME}/{key}").text)
    return found[1]


def test_the_list_says_by_what_words_are_sent(alice, count_sql):
    with count_sql() as statements:
        page = alice.get(HOME)
    assert page.status_code == 200
    assert len(statements) <= 8
    line = page.text[page.text.index('id="template-chase_day_3"') :][:900]
    assert "Quote chase" in line
    assert "Sent with a quote" in page.text
    assert "Advertising" in page.text[page.text.index('id="template-win_back"') :][:900]


def test_changed_words_are_a_version_and_messages_say_which_they_were_made_of(alice, lead):
    answer = alice.post(
        f"{HOME}/photos_email", data=WORDS | {"seen": seen(alice, "photos_email"), "body": "New {link}"}
    )
    assert answer.status_code == 303
    page = alice.get(f"{HOME}/photos_email").text
    assert "Version 2 is in use" in page and "by Alice Archer" in page and "as it came with Sill" in page
    alice.post(f"/w/wells/leads/{lead.id}/photo-link", data={"channel": "email"})
    message = db.session.scalars(select(Message)).one()
    assert message.template_version_no == 2 and message.body.startswith("New http")


def test_the_name_alone_makes_no_version(alice, own):
    key = own()
    alice.post(f"{HOME}/{key}", data=WORDS | {"seen": seen(alice, key), "name": "Ours", "is_quick_reply": "1"})
    kept = template(key)
    assert (kept.name, kept.version_no, kept.is_quick_reply) == ("Ours", 1, True)


def test_words_can_be_set_back(alice, own):
    key = own()
    alice.post(f"{HOME}/{key}", data=WORDS | {"seen": seen(alice, key), "body": "Later"})
    assert template(key).body == "Later"
    assert alice.post(f"{HOME}/{key}/versions/1/restore").status_code == 303
    kept = template(key)
    assert (kept.body, kept.version_no) == (WORDS["body"], 3)
    assert alice.post(f"{HOME}/{key}/versions/9/restore").status_code == 404
    bodies = select(MessageTemplateVersion.body).where(MessageTemplateVersion.template_id == kept.id)
    assert sorted(db.session.scalars(bodies)) == [WORDS["body"], WORDS["body"], "Later"]


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", "", "Give it a name"),
        ("subject", "", "Enter a subject"),
        ("body", "", "Write something first"),
        ("body", "Dear {fist_name}", "Did you mean {first_name}?"),
        ("subject", "For {First name}", "is no variable"),
        ("body", "[see](www.example.com)", "leads nowhere"),
        ("purpose", "spam", "Choose what it is for"),
    ],
)
def test_what_can_not_be_kept_is_told_beside_the_field_and_nothing_typed_is_lost(alice, field, typed, told):
    answer = alice.post(HOME, data=WORDS | {"body": "Typed for long"} | {field: typed})
    assert answer.status_code == 422
    assert told in answer.text
    assert f'id="f-{field}-error"' in answer.text
    assert field == "body" or "Typed for long" in answer.text
    assert template_count("Our own") == 0


def template_count(name):
    return len(db.session.scalars(select(MessageTemplate).where(MessageTemplate.name == name)).all())


def test_an_advertising_text_says_how_to_end_it(alice):
    text = WORDS | {"channel": "sms", "purpose": "marketing", "body": "Gutters half price"}
    assert "Reply STOP" in alice.post(HOME, data=text).text
    assert alice.post(HOME, data=text | {"body": "Gutters. Reply STOP to opt out."}).status_code == 303


def test_who_comes_second_is_shown_so_and_can_save_over_it_knowingly(alice, own):
    key = own()
    before = seen(alice, key)
    alice.post(f"{HOME}/{key}", data=WORDS | {"seen": before, "body": "First come"})
    answer = alice.post(f"{HOME}/{key}", data=WORDS | {"seen": before, "body": "Mine"})
    assert answer.status_code == 409
    assert "Someone else changed these words" in answer.text and "Mine" in answer.text
    assert template(key).body == "First come"
    now = re.search(r'name="seen" value="(\d+)"', answer.text)[1]
    assert alice.post(f"{HOME}/{key}", data=WORDS | {"seen": now, "body": "Mine"}).status_code == 303
    assert template(key).body == "Mine"


def test_who_mends_a_slip_still_hears_of_who_was_first(alice, own):
    key = own()
    before = seen(alice, key)
    alice.post(f"{HOME}/{key}", data=WORDS | {"seen": before, "body": "First come"})
    slip = alice.post(f"{HOME}/{key}", data=WORDS | {"seen": before, "body": "Dear {fist_name}"})
    again = re.search(r'name="seen" value="(\d+)"', slip.text)[1]
    assert slip.status_code == 422
    assert alice.post(f"{HOME}/{key}", data=WORDS | {"seen": again, "body": "Mine"}).status_code == 409
    assert template(key).body == "First come"


def test_what_nothing_sends_can_be_put_away_and_taken_out(alice, own):
    key = own()
    assert alice.post(f"{HOME}/{key}/archive", data={"away": "1"}).status_code == 303
    assert f"template-{key}" not in alice.get(HOME).text
    assert f"template-{key}" in alice.get(f"{HOME}?shown=away").text
    alice.post(f"{HOME}/{key}/archive", data={"away": ""})
    assert f"template-{key}" in alice.get(HOME).text


@pytest.mark.parametrize(
    ("key", "told"),
    [("photos_email", "can be changed but not put away"), ("chase_day_3", "Quote chase still sends it"),
     ("acknowledgement_sms", "still sends it")],
)
def test_what_something_sends_can_not_be_put_away(alice, key, told):
    answer = alice.post(f"{HOME}/{key}/archive", data={"away": "1"})
    assert answer.status_code == 409
    assert told in answer.text


def test_words_that_came_with_sill_can_be_put_away_when_nothing_sends_them(alice):
    db.session.execute(delete(MessageTemplate).where(MessageTemplate.key == "quick_photo"))
    db.session.commit()
    assert "Quick reply" in alice.get(HOME).text
    alice.post(f"{HOME}/quick_photo/archive", data={"away": "1"})
    assert "template-quick_photo" not in alice.get(HOME).text
    assert "template-quick_photo" in alice.get(f"{HOME}?shown=away").text


def test_words_that_a_workspace_never_stored_are_there_and_can_be_changed(alice):
    db.session.execute(delete(MessageTemplate).where(MessageTemplate.key == "missed_call_sms"))
    db.session.commit()
    assert "template-missed_call_sms" in alice.get(HOME).text
    text = WORDS | {
        "channel": "sms",
        "body": "Sorry we missed you. {workspace}",
        "seen": seen(alice, "missed_call_sms"),
    }
    assert alice.post(f"{HOME}/missed_call_sms", data=text).status_code == 303
    kept = template("missed_call_sms")
    assert (kept.version_no, kept.body) == (2, "Sorry we missed you. {workspace}")


def preview(alice, **given):
    return alice.post(f"{HOME}/words/preview", data=WORDS | given)


def test_the_drawn_mail_is_filled_in_for_a_lead_and_may_do_nothing(alice, world, make_lead):
    lead = make_lead(name='<img src=x onerror="alert(1)"> Cole', email="cole@example.com")
    body = "**Dear** {name}, {town}\n\n{link}\n\n[a](javascript:alert(1))"
    answer = preview(alice, lead_id=str(lead.id), body=body, mode="dark", purpose="marketing")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "frame-ancestors 'self'" in policy
    assert "script" not in policy and answer.headers["Cache-Control"] == "no-store"
    assert "<strong>Dear</strong> &lt;img src=x" in answer.text and "<img src=x" not in answer.text
    assert "javascript" not in answer.text.partition("</div>")[2]  # what is said above the mail names the fault
    assert 'content="dark"' in answer.text and "Stop emails like this" in answer.text
    assert "Made up here: link." in answer.text


def test_a_gap_is_told_and_drawn(alice, make_lead):
    lead = make_lead(town="", email="cole@example.com")
    answer = preview(alice, lead_id=str(lead.id), body="In {town} and {first_name|there} {fist_name}")
    assert "has no {town}" in answer.text
    assert "There is no {fist_name}" in answer.text
    assert "In {town} and Hannah" in answer.text


def test_words_are_weighed_filled_in(alice, lead):
    typed = WORDS | {"channel": "sms", "body": "{workspace} " + "x" * 145, "lead_id": str(lead.id)}
    answer = alice.post(f"{HOME}/words/check", data=typed, hx=True)
    assert "2 texts · 8p" in answer.text


def test_leads_to_look_with_are_found_by_what_is_typed(alice, lead):
    found = alice.post(f"{HOME}/words/leads", data={"q": "Hannah"}, hx=True).text
    assert str(lead.id) in found
    assert str(lead.id) not in alice.post(f"{HOME}/words/leads", data={"q": "Zebedee"}, hx=True).text


def test_a_test_goes_to_its_writer_and_leaves_no_trace_on_the_lead(alice, lead, mailbox, run_outbox):
    sent = alice.post(f"{HOME}/words/test", data=WORDS | {"lead_id": str(lead.id), "body": "**Hi** {name}"}, hx=True)
    assert "On its way to alice@example.com" in sent.text
    run_outbox()
    mail = mailbox.mails("alice@example.com")[-1]
    assert mail["subject"] == "Test: Hello"
    assert mailbox.mails("hannah.cole@example.com") == []
    message = db.session.scalars(select(Message)).one()
    assert message.lead_id is None and message.body == "Hi Hannah Cole"
    landline = WORDS | {"channel": "sms", "test_number": "01749 960 123"}
    answer = alice.post(f"{HOME}/words/test", data=landline, hx=True)
    assert answer.status_code == 422 and "your own mobile" in answer.text
    assert alice.post(f"{HOME}/words/test", data=WORDS | {"body": "{fist_name}"}, hx=True).status_code == 422


def test_what_a_person_types_is_formatted_and_what_others_wrote_is_not(lead, world: dict[str, Member]):
    typed = compose(
        lead, "email", recipient="a@example.com", subject="Hi", body="**Yes**", actor=world.alice.actor,
        created_by=world.alice.user_id,
    )  # fmt: skip
    assert typed.body == "Yes" and "<strong>Yes</strong>" in typed.html
    told = compose(None, "email", recipient="a@example.com", subject="Hi", body="**No**", actor=world.alice.actor)
    assert told.body == "**No**" and "<strong>" not in told.html


def test_fallbacks_stand_in_and_every_variable_has_an_example(lead):
    words = MessageTemplate(key="x", name="X", channel="email", subject="{town|you}", body="{first_name|there}")
    lead.property.town = ""
    assert render_template(words, lead).subject == "you"
    assert render_template(words, lead).body == "Hannah"
    assert render_template(words, None).body == "there"
    assert check_words("email", "s", " ".join(f"{{{name}}}" for name in SAMPLE)) == {}
