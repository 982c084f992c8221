"""What a role may not open stands on no other page of the desk either: messages in a timeline, leads in a number."""

import re
from datetime import timedelta

import pytest

from app.appointments.models import Appointment
from app.core.clock import utcnow
from app.extensions import db
from app.leads.services import get_lead
from app.messaging.services.receiving import receive
from app.quotes.services import QuoteDraft, ask, draft_quote
from tests.support.world import World, add_member

WORDS = ("Ring my solicitor", "Text me the total", "May I pay in June")


@pytest.fixture
def written_to(world: World, make_lead):
    """A lead that Carol of the crew visits, whose customer has written a mail and a text and asked a question."""
    now, made = utcnow(), make_lead(name="Hannah Cole", email="hannah@example.com", phone="07700 900318")
    draft = QuoteDraft(rungs={"8_weekly": 2400}, valid_until=(now + timedelta(days=20)).date())
    quote, lead = draft_quote(made.id, draft, world.alice.actor), get_lead(made.id, lock=True)
    db.session.add(Appointment(lead_id=lead.id, user_id=world.carol.user_id, starts_at=now, ends_at=now))
    receive(lead, "email", sender="hannah@example.com", subject="Re", body=WORDS[0], at=now)
    receive(lead, "sms", sender="+447700900318", subject=None, body=WORDS[1], at=now)
    ask(quote, WORDS[2], world.alice.actor)
    db.session.commit()
    return lead


@pytest.mark.parametrize("who", ("carol", "dave", "bob"))
def test_who_may_not_read_messages_reads_none_in_a_timeline(world: World, written_to, sign_in, who: str) -> None:
    browser, lead = sign_in(world.people[who]), f"/w/wells/leads/{written_to.id}"
    pages = {
        path: browser.get(f"{lead}{path}", hx=path in ("", "/timeline")).text
        for path in ("", "/page", "/timeline", "/timeline?kind=messages", "/timeline?kind=notes")
    }
    shown = {words for page in pages.values() for words in WORDS if words in page}
    assert shown == (set() if who == "carol" else set(WORDS))
    assert "Email came in" in pages["/timeline?kind=messages"] and "SMS came in" in pages["/timeline?kind=messages"]


def test_what_comes_in_meanwhile_is_kept_back_as_well(world: World, written_to, sign_in) -> None:
    carol = sign_in(world.carol)
    page = carol.get(f"/w/wells/leads/{written_to.id}", hx=True).text
    since = re.search(r'hx-get="([^"]+timeline\?since=[^"]+)"', page).group(1)  # type: ignore[union-attr]
    lead = get_lead(written_to.id, lock=True)
    receive(lead, "email", sender="hannah@example.com", subject="Re", body=WORDS[0], at=utcnow())
    db.session.commit()
    new = carol.get(since, hx=True).text
    assert "Email came in" in new and WORDS[0] not in new


def test_the_frame_counts_no_leads_of_colleagues(world: World, make_lead, sign_in) -> None:
    erin = add_member(world, "erin", "sales")
    for owner_id in (erin.user_id, erin.user_id, world.bob.user_id, None):
        make_lead(name="Hannah Cole", stage_key="ready_for_squeegee", owner_id=owner_id)
    ready = {
        who: re.search(
            r"(\d+)<span class=\"visually-hidden\"> ready", sign_in(world.people[who]).get("/w/wells/leads").text
        )
        for who in ("alice", "bob", "erin")
    }
    assert {who: found and found[1] for who, found in ready.items()} == {"alice": "4", "bob": "2", "erin": "3"}
