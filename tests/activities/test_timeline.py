"""The timeline, notes and calls."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.activities.services import add_note, log_call, record_activity
from app.core.clock import utcnow
from app.core.permissions import Actor
from app.extensions import db
from app.leads.services import get_lead


def test_a_note_stands_on_top_of_the_timeline(alice, make_lead):
    lead = make_lead(name="Hannah Cole")

    answer = alice.post(f"/w/{alice.slug}/leads/{lead.id}/notes", data={"note": "Dog is friendly"}, hx=True)

    assert answer.status_code == 200 and "Dog is friendly" not in answer.text
    assert answer.headers["HX-Trigger"] == "timeline-grew"
    text = alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text
    first = re.search(r'<ol class="timeline" id="timeline-[^>]*>(<li.*?</li>)', text, re.S).group(1)
    assert "Dog is friendly" in first and "Alice" in first


@pytest.mark.parametrize(
    ("path", "name", "more"), [("notes", "note", {}), ("calls", "words", {"outcome": "spoke"})]
)
def test_a_line_break_counts_for_one_character_as_in_the_browser(alice, make_lead, path, name, more):
    lead, lines = make_lead(name="Hannah Cole"), ["x" * 99] * 100  # 10,000 with the breaks between: all that fits
    sent = {name: "\r\n".join(lines), **more}
    assert alice.post(f"/w/{alice.slug}/leads/{lead.id}/{path}", data=sent, hx=True).status_code == 200
    kind = path.removesuffix("s")
    (body,) = [line.body for line in db.session.scalars(select(Activity).where(Activity.kind == kind))]
    assert body == "\n".join(lines)


def test_a_call_is_kept_with_its_length_and_counts_as_contact(alice, make_lead):
    lead = make_lead(name="Hannah Cole")

    alice.post(
        f"/w/{alice.slug}/leads/{lead.id}/calls", data={"outcome": "spoke", "minutes": "4", "words": "Wants 8-weekly"},
        hx=True,
    )  # fmt: skip

    text = alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text
    assert "Call, 4 min · spoke" in text and "Wants 8-weekly" in text
    assert get_lead(lead.id).last_contact_method == "phone"
    assert get_lead(lead.id).first_contact_at is not None


@pytest.mark.parametrize(
    ("path", "data", "kept"),
    [
        ("notes", {"note": "   "}, ""),
        ("notes", {"note": "x" * 10_001}, "xxxx"),
        ("calls", {"outcome": "", "words": "Left word"}, "Left word"),
        ("calls", {"outcome": "spoke", "minutes": "four", "words": "Left word"}, "Left word"),
        ("calls", {"outcome": "spoke", "minutes": "601", "words": "Left word"}, "Left word"),
    ],
)
def test_what_can_not_be_kept_is_explained_and_not_lost(alice, make_lead, path, data, kept):
    lead = make_lead(name="Hannah Cole")

    answer = alice.post(f"/w/{alice.slug}/leads/{lead.id}/{path}", data=data, hx=True)

    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert kept in answer.text


def test_older_lines_come_by_cursor_each_once(alice, world, make_lead):
    lead = make_lead(name="Hannah Cole")
    for number in range(70):
        add_note(lead, f"Note number {number:03d}", world.alice.actor)

    text = alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text
    seen = re.findall(r"<blockquote>Note number (\d{3})", text)
    while following := re.search(r'href="([^"]+/timeline\?after=[^"]+)"', text):
        text = alice.get(following.group(1).replace("&amp;", "&"), hx=True).text
        seen += re.findall(r"Note number (\d{3})", text)

    assert seen == [f"{number:03d}" for number in reversed(range(70))]


def test_the_first_contact_stands(world, make_lead):
    lead = make_lead(name="Hannah Cole")
    log_call(lead, "spoke", world.alice.actor)
    first = lead.first_contact_at
    log_call(lead, "spoke", world.alice.actor)

    assert lead.first_contact_at == first
    assert lead.last_contact_at > first


def test_nobody_answering_is_no_first_contact(world, make_lead):
    lead = make_lead(name="Hannah Cole")
    log_call(lead, "no_answer", world.alice.actor)

    assert lead.first_contact_at is None and lead.last_contact_at is not None


def test_what_people_write_is_shown_as_text(alice, world, make_lead):
    lead = make_lead(name="<b>Bold</b> Bob")
    add_note(lead, "<script>alert(1)</script>", world.alice.actor)

    text = alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text

    assert "<script>alert" not in text and "&lt;script&gt;" in text
    assert "<b>Bold</b>" not in text


def test_one_kind_of_line_at_a_time(alice, world, make_lead):
    lead = make_lead(name="Hannah Cole")
    add_note(lead, "Dog is friendly", world.alice.actor)
    log_call(lead, "spoke", world.alice.actor, words="Wants 8-weekly")
    timeline = f"/w/{alice.slug}/leads/{lead.id}/timeline"

    calls = alice.get(f"{timeline}?kind=calls", hx=True).text
    assert "Wants 8-weekly" in calls and "Dog is friendly" not in calls
    assert "Nothing of this kind yet" in alice.get(f"{timeline}?kind=files", hx=True).text


def test_what_is_new_comes_by_itself_and_only_once(alice, world, make_lead):
    lead = make_lead(name="Hannah Cole")
    add_note(lead, "Before", world.alice.actor)
    text = alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text
    address = re.search(r'hx-get="([^"]+timeline\?since=[^"]+)"', text).group(1)
    assert 'class="event' not in alice.get(address, hx=True).text

    add_note(lead, "After", world.alice.actor)

    for _ in range(2):
        new = alice.get(address, hx=True).text
        assert "After" in new and "Before" not in new
        assert address.replace("&", "&amp;") in new or address in new
    assert 'class="event' not in alice.get(address.replace("since=", "since=x"), hx=True).text


def test_what_came_before_the_newest_line_but_is_told_later_comes_by_itself_too(alice, world, make_lead):
    """A mailbox is read once a minute, and meanwhile somebody has written a note."""
    lead = make_lead(name="Hannah Cole")
    add_note(lead, "Before", world.alice.actor)
    text = alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text
    address = re.search(r'hx-get="([^"]+timeline\?since=[^"]+)"', text).group(1)

    came = utcnow() - timedelta(minutes=1)
    record_activity(lead, "email", "message.received", Actor("customer"), body="Yes please", at=came)
    db.session.commit()

    new = alice.get(address, hx=True).text
    assert "Yes please" in new and "Before" not in new


@pytest.mark.parametrize("is_open", [True, False])
def test_what_was_long_on_its_way_is_shown_once(alice, world, make_lead, is_open):
    """A mail of last week is read only now, as the timeline is open already or just before."""
    lead = make_lead(name="Hannah Cole")
    page = f"/w/{alice.slug}/leads/{lead.id}/timeline"

    def read_it_late() -> None:
        came = utcnow() - timedelta(days=7)
        record_activity(lead, "email", "message.received", Actor("customer"), body="Long on its way", at=came)
        db.session.commit()

    for number in range(40):
        add_note(lead, f"Note {number}", world.alice.actor)
    if not is_open:
        read_it_late()
    shown = alice.get(page, hx=True).text
    if is_open:
        read_it_late()
    for name in ("since", "after"):
        address = re.search(rf'hx-get="([^"]+timeline\?{name}=[^"]+)"', shown).group(1)
        shown += alice.get(address, hx=True).text
    assert shown.count("Long on its way") == 1
    assert [shown.count(f">Note {number}<") for number in range(40)] == [1] * 40


def test_a_call_may_be_tried_again_at_a_time(alice, make_lead):
    lead = make_lead(name="Hannah Cole")
    calls = f"/w/{alice.slug}/leads/{lead.id}/calls"
    data = {"outcome": "no_answer", "again": "other", "words": "Rang out"}

    refused = alice.post(calls, data={**data, "again_at": "2020-01-01T10:00"}, hx=True)
    assert refused.status_code == 422 and "This time is over" in refused.text and "Rang out" in refused.text

    day = date(utcnow().year + 1, 6, 1)
    assert alice.post(calls, data={**data, "again_at": f"{day}T10:30"}, hx=True).status_code == 200
    text = alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text
    assert "Call back" in text and f"{day:%a} 1 Jun {day.year}, 10:30" in text


@pytest.mark.parametrize(
    ("text", "told"),
    [("@Bob Hartnell please ring", True), ("@bob can you?", True), ("bob@example.com", False), ("Ask @Bobby", False)],
)
def test_a_note_tells_whom_it_names(alice, bob, world, make_lead, text, told):
    lead = make_lead(name="Hannah Cole")
    assert world.bob.name.startswith("Bob")
    text = text.replace("Bob Hartnell", world.bob.name)

    alice.post(f"/w/{alice.slug}/leads/{lead.id}/notes", data={"note": text}, hx=True)

    bell = bob.get(f"/w/{bob.slug}/notifications").text
    assert ("mentions you" in bell and "Hannah Cole" in bell) == told


def test_what_the_customer_may_see_is_marked(alice, make_lead):
    lead = make_lead(name="Hannah Cole")
    notes = f"/w/{alice.slug}/leads/{lead.id}/notes"

    alice.post(notes, data={"note": "We come on Tuesday", "customer_visible": "1"}, hx=True)

    assert "The customer sees it" in alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text
