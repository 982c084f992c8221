"""The timeline, notes and calls."""

import re

import pytest

from app.activities.services import add_note, log_call
from app.leads.services import get_lead


def test_a_note_stands_on_top_of_the_timeline(alice, make_lead):
    lead = make_lead(name="Hannah Cole")

    answer = alice.post(f"/w/{alice.slug}/leads/{lead.id}/notes", data={"note": "Dog is friendly"}, hx=True)

    assert answer.status_code == 200 and "Dog is friendly" not in answer.text
    assert answer.headers["HX-Trigger"] == "timeline-grew"
    text = alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text
    first = re.search(r'<li class="event[^"]*" id="activity-.*?</li>', text, re.S).group(0)
    assert "Dog is friendly" in first and "Alice" in first


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
    seen = re.findall(r"Note number (\d{3})", text)
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
