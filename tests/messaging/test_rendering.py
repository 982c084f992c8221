"""Templates: what may stand in them, and that nothing half-filled ever leaves."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core.errors import NotFound
from app.extensions import db
from app.messaging.models import MessageTemplate
from app.messaging.services import VARIABLES, TemplateFault, render_template, unknown_variables
from app.messaging.services.letters import letter_html
from app.quotes.models import Quote
from app.workspaces.models import Membership
from app.workspaces.queries import current_workspace
from app.workspaces.services import deactivate_member


@pytest.fixture
def template(app):
    """`template(body, subject="...")`: a template that is not kept."""

    def make(body, subject="About your windows", channel="email"):
        return MessageTemplate(key="try", name="Try", channel=channel, subject=subject, body=body, purpose="service")

    return make


def test_variables_are_filled_from_the_lead(lead, template):
    body = "{first_name} / {name} / {service} / {frequency} / {town} / {postcode} / {lead_number} / {workspace}"
    words = render_template(template(body, subject="For {first_name}"), lead)
    assert words.subject == "For Hannah"
    assert words.body == (
        "Hannah / Hannah Cole / window cleaning / every 8 weeks / Wells / BA5 2QJ / "
        f"{lead.number} / Wells Window Cleaning"
    )


def test_no_customer_is_told_of_an_owner_who_works_here_no_more(world, make_lead, template):
    lead = make_lead(owner_id=world.bob.user_id)
    assert render_template(template("Yours, {owner}"), lead).body == f"Yours, {world.bob.name}"
    member = db.session.scalars(select(Membership).where(Membership.user_id == world.bob.user_id)).one()
    deactivate_member(member.id, world.alice.actor)
    assert render_template(template("Yours, {owner}"), lead).body == "Yours, Wells Window Cleaning"


def test_link_and_last_day_come_from_the_open_quote(lead, template):
    quote = Quote(lead_id=lead.id, number="Q-1", state="sent", valid_until=date(2026, 12, 20), link_secret="s3cret")
    db.session.add(quote)
    db.session.commit()
    words = render_template(template("{link} until {valid_until}"), lead)
    assert words.body == "http://127.0.0.1:9/c/s3cret until Sunday 20 December"


@pytest.mark.parametrize("name", ["link", "valid_until", "price", "workspace_phone", "no_such_thing"])
def test_a_variable_without_value_is_refused_by_name(lead, template, name):
    with pytest.raises(TemplateFault) as caught:
        render_template(template(f"Hello {{{name}}}"), lead)
    assert caught.value.variable == name
    assert name in caught.value.message


def test_a_given_value_does_not_make_a_new_variable(lead, template):
    with pytest.raises(TemplateFault):
        render_template(template("{secret}"), lead, secret="x")


@pytest.mark.parametrize("text", ["{{7*7}}", "{first_name.gender}", "{0}", "{}", "%(x)s", "{% raw %}", "{First}"])
def test_what_is_no_variable_stays_as_it_is(lead, template, text):
    words = render_template(template(text), lead)
    assert words.body == text


def test_a_customer_cannot_write_html_or_headers(world, make_lead, template):
    lead = make_lead(name='<script>alert("x")</script> {workspace}\r\nBcc: eve@example.com')
    words = render_template(template("Hello {name}", subject="For {name}"), lead)
    assert "\n" not in words.subject and "\r" not in words.subject
    assert "<script>" not in words.html
    assert "&lt;script&gt;" in words.html
    assert "{workspace}" in words.body  # a value is never filled in turn


def test_a_template_that_is_gone_is_not_found(lead):
    with pytest.raises(NotFound):
        render_template("no_such_key", lead)


def test_misspelt_variables_are_named_to_whoever_writes_them():
    assert unknown_variables("{first_name} {fist_name} {a.b} {zzz}") == ["fist_name", "zzz"]
    assert unknown_variables(" ".join(f"{{{name}}}" for name in VARIABLES)) == []


def test_a_link_on_its_own_is_the_button_and_inside_a_sentence_a_link(world):
    link = "https://sill.example.com/c/a?b=1&c=2"
    html = letter_html(f"Hello\n\n{link}\n\nor {link} here <b>", current_workspace(), link, "See your quote")
    assert html.count("See your quote") == 1
    assert html.count('href="https://sill.example.com/c/a?b=1&amp;c=2"') == 2
    assert "&lt;b&gt;" in html


def test_our_own_address_alone_is_a_button_without_being_told(world):
    html = letter_html("Join us:\n\nhttp://127.0.0.1:9/invite/abc\n\nhttp://evil.example.com/x", current_workspace())
    assert html.count("inline-block") == 1
    assert 'href="http://127.0.0.1:9/invite/abc"' in html
    assert 'href="http://evil.example.com/x"' not in html


@pytest.mark.parametrize(
    ("accent", "ink"),
    [("#00686f", "#ffffff"), ("#ffe066", "#000000"), ("red;x:y", "#ffffff"), ("#000000", "#ffffff")],
)
def test_the_button_can_be_read_on_any_accent(world, accent, ink):
    workspace = current_workspace()
    workspace.accent = accent
    html = letter_html("http://127.0.0.1:9/c/x", workspace)
    assert f"color:{ink}" in html
    assert "red;x" not in html
