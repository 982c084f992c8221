"""One entry opened: what was before and after in words, and that somebody looked."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.audit.models import AuditEntry
from app.extensions import db
from app.leads.models import LeadSource, Stage
from tests.audit.writing import URL, entry, facts, whats
from tests.support.client import Client
from tests.support.leads import make_lead
from tests.support.world import World


def opened(client: Client, entry_id: Any, **options: Any) -> Any:
    return client.post(f"{URL}/{entry_id}", **options)


def newest(action: str) -> Any:
    query = select(AuditEntry.id).where(AuditEntry.action == action).order_by(AuditEntry.at.desc()).limit(1)
    return db.session.scalars(query).one()


def test_a_changed_fact_says_what_was_before(world: World, alice: Client) -> None:
    lead = make_lead(world.alice.actor)
    db.session.commit()
    number = lead.number
    alice.post(f"/w/wells/leads/{lead.id}/facts/name", data={"value": "Ivy <b>Reed", "was": lead.contact.name})
    answer = opened(alice, newest("lead.fact_changed"), hx=True)
    assert answer.status_code == 200 and "<html" not in answer.text
    assert facts(answer.text)[0][0] == "Name" and facts(answer.text)[0][2] == "Ivy <b>Reed"
    assert "<b>Reed" not in answer.text and number in answer.text
    alice.post(f"/w/wells/leads/{lead.id}/facts/owner", data={"value": str(world.bob.user_id), "was": ""})
    shown = facts(opened(alice, newest("lead.fact_changed")).text)
    assert shown == [["Owner", "–", "Bob Baker"]]


def test_it_works_without_scripts_as_a_page(world: World, alice: Client) -> None:
    entry_id = entry("prices.saved", after=json.dumps({"version_no": 3, "valid_from": "2027-04-01"}))
    page = opened(alice, f"{entry_id}?kind=settings")
    assert page.status_code == 200 and "<h1>Audit log</h1>" in page.text
    assert facts(page.text) == [["Version", "3"], ["Valid from", "Thu 1 Apr 2027"]]
    assert f'href="{URL}?kind=settings">Back to the log' in page.text


def test_values_read_as_words(world: World, alice: Client) -> None:
    stage, source = (db.session.scalars(select(model)).first() for model in (Stage, LeadSource))
    before = {
        "price_minor": 2450, "stage_id": str(stage.id), "gone_id": str(uuid4()), "tracks_opens": False,
        "owner_id": str(uuid4()),
    }  # fmt: skip
    after = {
        "price_minor": 2600, "stage_id": None, "gone_id": str(uuid4()), "tracks_opens": True,
        "source_id": str(source.id), "owner_id": str(world.bob.user_id), "until": "2026-07-01T09:30:00+00:00",
        "lead_ids": [str(uuid4()), str(uuid4())], "why": "no_answer", "hours": {"opens": "09:00", "closes": None},
        "words": "two_words and more", "blank": "", "of_many": 3, "activity_id": str(uuid4()), "rows": 12345,
    }  # fmt: skip
    entry_id = entry("workspace.settings_changed", before=json.dumps(before), after=json.dumps(after))
    assert facts(opened(alice, entry_id).text) == [
        ["Price", "£24.50", "£26"],
        ["Stage", stage.name, "–"],
        ["Tracks opens", "No", "Yes"],
        ["Owner", "No longer there", "Bob Baker"],
        ["Source", "–", source.name],
        ["Until", "–", "Wed 1 Jul 2026, 10:30"],
        ["Lead", "–", "2 leads"],
        ["Reason", "–", "No answer"],
        ["Hours", "–", "Opens: 09:00"],
        ["Words", "–", "two_words and more"],
        ["Done at once with", "–", "2 others"],
        ["Rows", "–", "12,345"],
    ]


def test_each_opening_stands_in_the_log_once_and_holds_no_customer_data(world: World, alice: Client) -> None:
    entry_id = entry("note.added", ago=timedelta(hours=1), after='{"name": "Hannah Hill"}')
    for number, options in enumerate(({}, {"hx": True}), start=1):
        assert "Hannah Hill" in opened(alice, entry_id, **options).text
        read = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "audit.entry_read")).all()
        assert len(read) == number
    assert (read[0].subject_id, read[0].actor_id) == (entry_id, alice.user_id)
    assert json.loads(read[0].after) == {"action": "note.added"} and read[0].before is None
    page = alice.get(URL).text
    assert whats(page)[:2] == ["Read the details of an entry of this log"] * 2
    assert "Hannah" not in page
    assert facts(opened(alice, read[0].id).text) == [["Which entry", "Wrote a note"]]


def test_what_is_not_there_opens_nothing_and_writes_nothing(world: World, alice: Client, mallory: Client) -> None:
    with world.mallory.acting():
        hers = entry("note.added", after='{"name": "Hannah Hill"}')
    for each in (hers, uuid4()):
        assert opened(alice, each).status_code == 404
    assert alice.get(f"{URL}/{hers}").status_code == 405  # reading it is an act
    assert not db.session.scalars(select(AuditEntry).where(AuditEntry.action == "audit.entry_read")).all()


def test_an_entry_that_was_moved_here_does_not_open(world: World, alice: Client) -> None:
    """What is sealed is bound to its row: the bytes of another entry are no answer, and no blank either."""
    other = entry("note.added", after='{"text": "Hannah Hill"}')
    sealed = db.session.scalar(select(AuditEntry.after_sealed).where(AuditEntry.id == other))
    moved = entry("note.added", after_sealed=sealed)
    answer = opened(alice, moved, hx=True)
    assert answer.status_code == 200 and "Somebody has changed this entry in the database." in answer.text
    assert "log-facts" not in answer.text and "Hannah" not in answer.text
    assert "Hannah Hill" in opened(alice, other, hx=True).text


def test_an_entry_without_facts_says_so(world: World, alice: Client, count_sql: Callable[[], Any]) -> None:
    entry_id = entry("lead.starred")
    assert f"{URL}/{entry_id}" not in alice.get(URL).text
    with count_sql() as statements:
        assert "Nothing more was noted of it." in opened(alice, entry_id, hx=True).text
    assert len(statements) <= 8
