"""The form as a customer without JavaScript meets it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.activities.models import Activity
from app.contacts.models import BEDROOMS, PROPERTY_TYPES, Consent
from app.extensions import db
from app.lead_forms.models import LeadForm
from app.lead_forms.services import questions
from app.leads.models import EXTRAS, FREQUENCIES, SERVICES, Stage
from app.workspaces.models import Workspace
from tests.lead_forms.conftest import ANSWERS, Page, leads, submissions
from tests.support.client import Client

Send = Callable[..., TestResponse]


def stage_key(stage_id: Any) -> str:
    return db.session.execute(select(Stage.key).where(Stage.id == stage_id)).scalar_one()


def test_the_choices_of_the_page_are_those_a_lead_can_hold() -> None:
    assert tuple(questions.PROPERTY_CHOICES) == PROPERTY_TYPES
    assert tuple(questions.BEDROOM_CHOICES) == BEDROOMS
    assert tuple(questions.SERVICE_CHOICES) == SERVICES
    assert set(questions.FREQUENCY_CHOICES) == {*FREQUENCIES, "unsure"}
    assert tuple(questions.EXTRA_CHOICES) == EXTRAS


def test_the_page_has_every_question_and_sets_no_cookie(client: Client, form: LeadForm) -> None:
    response = client.get(
        f"/q/{form.key}?utm_source=flyer&utm_campaign=spring", headers={"Referer": "https://a.example/x?y=1"}
    )
    page = Page(response.text)
    assert response.status_code == 200
    assert response.headers.getlist("Set-Cookie") == []
    assert set(ANSWERS) - page.names == set()
    assert page.fields["utm_source"] == ["flyer"]
    assert page.fields["referrer"] == ["https://a.example/x"]
    assert {"marketing_email", "marketing_sms"} <= page.names
    assert "marketing_email" not in page.fields
    assert len(response.data) < 40_000
    assert response.text.lower().count("no obligation") == 1
    packed = client.get(f"/q/{form.key}", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and len(packed.data) < 12_000
    assert "style=" not in response.text and "onclick" not in response.text


def test_an_enquiry_becomes_a_lead(send: Send) -> None:
    found = {"utm_source": "flyer", "referrer": "https://search.example/?q=secret"}
    response = send(**found, marketing_sms="1", device="A phone by a shop window")
    assert response.status_code == 303
    assert response.headers.getlist("Set-Cookie") == []
    (lead,) = leads()
    (kept,) = submissions()
    assert (lead.contact.name, lead.contact.email, lead.contact.phone) == (
        "Hannah Cole", "hannah.cole@example.com", "+447700900318",
    )  # fmt: skip
    assert lead.contact.phone_as_given == "07700 900318"
    assert (lead.property.postcode, lead.property.address_line1, lead.district) == ("BA5 2QJ", "4 Mill Lane", "BA5")
    assert (lead.service, lead.frequency, lead.property_type, lead.bedrooms) == (
        "window_cleaning", "8_weekly", "semi", "3",
    )  # fmt: skip
    assert (lead.extras, lead.wishes) == (["inside", "conservatory"], "The porch too, please")
    assert lead.property.access_notes == "Side gate is locked"
    assert (lead.utm_source, lead.referrer) == ("flyer", "https://search.example/")
    assert lead.landing_page == "https://www.example.com/windows"
    assert 59 <= (lead.form_seconds or 0) <= 90
    assert (str(lead.address), lead.device) == ("127.0.0.1", "A phone by a shop window")
    assert stage_key(lead.stage_id) == "new"
    assert (kept.state, kept.lead_id, kept.suspicion) == ("accepted", lead.id, None)
    assert '"postcode": "ba52qj"' in kept.answers


def test_only_what_was_ticked_is_in_the_ledger_in_the_words_shown(send: Send, form: LeadForm) -> None:
    wording = form.consent_wording
    send(marketing_sms="1")
    ledger = [(c.channel, c.purpose, c.granted, c.wording) for c in db.session.scalars(select(Consent))]
    assert ledger == [("sms", "marketing", True, f"{wording} By text message.")]


def test_the_thank_you_page_can_be_reloaded(send: Send, client: Client) -> None:
    where = send().headers["Location"]
    for _ in range(2):
        page = client.get(where)
        assert page.status_code == 200
        assert leads()[0].number in page.text
        assert "Hannah" not in page.text
        assert page.headers.getlist("Set-Cookie") == []
    assert "Hannah" not in where and "BA5" not in where
    assert len(leads()) == 1


def test_a_thank_you_page_with_a_forged_token_leads_back_to_the_form(client: Client, form: LeadForm) -> None:
    for forged in ("", "x", "abc.def"):
        response = client.get(f"/q/{form.key}/thanks?t={forged}")
        assert (response.status_code, response.headers["Location"]) == (303, f"/q/{form.key}")


def test_outside_the_area_it_is_kept_and_told_kindly(send: Send, client: Client) -> None:
    page = client.get(send(postcode="TA1 1AA").headers["Location"])
    (lead,) = leads()
    assert stage_key(lead.stage_id) == "not_in_area"
    assert "outside the area" in page.text and lead.number in page.text
    assert "working day" not in page.text


def test_a_workspace_without_a_list_serves_everywhere(send: Send, workspace: Workspace) -> None:
    workspace.service_districts = []
    db.session.commit()
    send(postcode="ZE1 0AA")
    assert stage_key(leads()[0].stage_id) == "new"


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"postcode": ""}, "postcode", "Enter your postcode"),
    ({"postcode": "HELLO"}, "postcode", "not a UK postcode"),
    ({"property_type": ""}, "property_type", "what kind of place"),
    ({"property_type": "castle"}, "property_type", "what kind of place"),
    ({"bedrooms": ""}, "bedrooms", "how many bedrooms"),
    ({"bedrooms": "99"}, "bedrooms", "how many bedrooms"),
    ({"service": ""}, "service", "what we should clean"),
    ({"service": "murder"}, "service", "what we should clean"),
    ({"frequency": ""}, "frequency", "how often"),
    ({"frequency": "hourly"}, "frequency", "how often"),
    ({"extras": ["inside", "moat"]}, "extras", "from the list"),
    ({"preferred_method": "pigeon"}, "preferred_method", "get in touch"),
    ({"name": ""}, "name", "Enter your name"),
    ({"name": " .,- "}, "name", "Enter your name"),
    ({"name": "x" * 121}, "name", "120 characters"),
    ({"phone": "12"}, "phone", "not a phone number"),
    ({"phone": ""}, "phone", "since you would like a call"),
    ({"phone": "", "email": "", "preferred_method": "any"}, "phone", "a phone number or an email"),
    ({"email": "hannah@"}, "email", "not an email address"),
    ({"email": "a@b.example\r\nBcc: c@d.example"}, "email", "not an email address"),
    ({"email": "", "preferred_method": "email"}, "email", "since you would like an email"),
    ({"wishes": "x" * 2001}, "wishes", "2,000 characters"),
]


@pytest.mark.parametrize("part", range(3))
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(send: Send, part: int) -> None:
    for changed, field, message in WRONG[part::3]:
        response = send(**changed)
        assert response.status_code == 422, changed
        assert f'href="#f-{field}"' in response.text
        beside = response.text.partition(f'id="f-{field}-error">')[2].partition("</p>")[0]
        assert message in beside
        _assert_kept(Page(response.text), ANSWERS | changed, field)
    assert leads() == [] and submissions() == []


def _assert_kept(page: Page, sent: dict[str, Any], field: str) -> None:
    for name in ("name", "address_line1", "town", "wishes", "access_notes", "landing_page"):
        assert " ".join(page.fields[name][0].split()) == " ".join(str(sent[name]).split())
    for name in ("property_type", "bedrooms", "frequency", "preferred_method"):
        if name != field:
            assert page.fields[name] == [sent[name]]


def test_a_mended_form_is_taken(send: Send, client: Client, form: LeadForm) -> None:
    page = Page(send(phone="12").text)
    response = client.post(f"/q/{form.key}", data=page.fields | {"phone": ["01749 960123"]}, csrf=False)
    assert response.status_code == 303
    assert leads()[0].contact.phone == "+441749960123"


UNDERSTOOD: list[tuple[dict[str, Any], str, Any]] = [
    ({"postcode": "BA5"}, "district", "BA5"),
    ({"postcode": "BA5 2OJ", "phone": "+44 (0)7700 900318"}, "sector", "BA5 2"),
    ({"postcode": "ba5 2qj "}, "sector", "BA5 2"),
    ({"frequency": "unsure"}, "frequency", None),
    ({"service": "gutter_clearing", "frequency": ""}, "frequency", None),
    ({"property_type": "commercial", "bedrooms": ""}, "bedrooms", None),
    ({"email": "", "phone": "07700 900318"}, "service", "window_cleaning"),
    ({"phone": "", "preferred_method": "any"}, "service", "window_cleaning"),
]


def test_what_people_really_type_is_understood(send: Send) -> None:
    for house, (changed, name, expected) in enumerate(UNDERSTOOD):
        assert send(address_line1=f"{house} High Street", **changed).status_code == 303
        assert getattr(leads()[-1], name) == expected, changed


HOSTILE = ["<script>alert(1)</script>", "{{7*7}}", "Robert'); drop table leads;--", "a\x00b\x1b[2J", "\u202egnp.exe",
           "=cmd|'/c calc'!A1", "🪟" * 20, "' onfocus=alert(1) x='", '"><img src=x>']  # fmt: skip


def test_hostile_text_is_kept_as_text(send: Send) -> None:
    for text in HOSTILE:
        refused = send(name=f"Ann {text}", wishes=text, address_line1=text, phone="12", utm_source=text)
        assert refused.status_code == 422
        assert "<script>alert" not in refused.text and "<img src=x" not in refused.text
        assert "' onfocus" not in refused.text and "49" not in Page(refused.text).fields["name"][0]
        assert send(name=f"Ann {text}", wishes=text, address_line1=text, utm_source=text).status_code == 303
        name = leads()[-1].contact.name
        assert name.startswith("Ann ") and not {"\x00", "\u202e", "\x1b"} & set(name)


def test_an_unknown_or_inactive_form_is_nowhere(client: Client, form: LeadForm, send: Send) -> None:
    assert client.get("/q/nobody").status_code == 404
    assert client.get("/q/nobody/embed.js").status_code == 404
    form.is_active = False
    db.session.commit()
    assert client.get(f"/q/{form.key}").status_code == 404
    assert send(token="").status_code == send(token="forged").status_code == 404
    assert client.post(f"/q/{form.key}/price", data={"postcode": "BA5"}, csrf=False).status_code == 404
    assert submissions() == []


def test_what_is_being_filled_in_while_the_form_is_switched_off_still_arrives(
    client: Client, alice: Client, form: LeadForm, send: Send, token: Callable[..., str]
) -> None:
    page, key = token(), form.key
    alice.post(f"/w/wells/settings/forms/{form.id}/switch")
    assert client.get(f"/q/{key}").status_code == 404
    assert client.post(f"/q/{key}/price", data={"postcode": "BA5", "token": page}, csrf=False).status_code == 200
    wrong = send(token=page, name="")
    assert wrong.status_code == 422 and "Enter your name" in wrong.text
    for _ in range(2):
        told = client.get(send(token=page).headers["Location"])
        assert told.status_code == 200 and leads()[0].number in told.text and "another place" not in told.text
    assert len(leads()) == 1, "a page that was given out makes one lead, and no other page is given out"
    assert send(token=token(timedelta(hours=25))).status_code == 404


def test_a_huge_body_is_refused(send: Send) -> None:
    assert send(wishes="x" * 40_000).status_code == 413
    assert submissions() == []


def test_both_pages_need_few_statements(
    client: Client, form: LeadForm, send: Send, token: Callable[..., str], count_sql: Any
) -> None:
    send(token=token(), phone="07700 900001", email="first@example.com")  # the process has read stages and rules
    with count_sql() as reading:
        client.get(f"/q/{form.key}")
    assert len(reading) <= 8
    with count_sql() as writing:
        send(token=token())
    assert len(leads()) == 2
    assert len(writing) + 2 <= 20, writing  # beginning, and entering the workspace, are not counted


def test_who_goes_back_and_corrects_what_was_sent_is_heard(
    send: Send, token: Callable[..., str], alice: Client
) -> None:
    """A browser may show the page again as it was left, with the same token: it is one lead, and nothing is lost."""
    page = token()
    first = send(token=page)
    again = [send(token=page, phone="07700 900319", extras=["inside"], marketing_email="1") for _ in range(2)]
    assert {each.status_code for each in (first, *again)} == {303}
    (lead,) = leads()
    notes = list(db.session.scalars(select(Activity).where(Activity.kind == "note")))
    assert [each.body for each in notes] == [
        "Sent the form once more, with other answers:\nAnything else while we are there?: Inside the windows\n"
        "Phone: 07700 900319\nNews and offers, by email: yes"
    ]
    shown = alice.get(f"/w/wells/leads/{lead.id}", hx=True).text
    assert "07700 900319" in shown and "the customer" in shown
    assert lead.contact.phone == "+447700900318", "whose number it is, a person looks at"
    bell = alice.get("/w/wells/notifications").text
    assert bell.count("has sent the form once more") == 1


def test_what_is_corrected_while_it_is_held_back_waits_as_it_is_now(
    send: Send, token: Callable[..., str], alice: Client
) -> None:
    page = token()
    send(token=page, homepage="x")
    send(token=page, phone="07700 900319")
    assert leads() == [] and len(submissions()) == 1
    alice.post(f"/w/wells/quarantine/{submissions()[0].id}/release")
    assert [lead.contact.phone for lead in leads()] == ["+447700900319"]
