"""Reports of the follow-ups: counted by hand here, by one statement each there."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.clock import utcnow
from app.core.permissions import SYSTEM
from app.core.spreadsheets.writing import safe
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.figures import figures_of
from app.leads.models import Lead
from app.leads.services import archive, move_to_stage, put_in_bin, stage_by_key, take_back
from app.messaging.models import Message
from app.messaging.queries.templates import list_templates
from app.messaging.services import compose
from app.reports.queries import answers_report, people_report, steps_report, templates_report
from app.workspaces.models import Workspace

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
URL = "/w/wells/reports/follow-ups"


@pytest.fixture
def chased(world: Any, make_lead: Any) -> list[Lead]:
    """Four leads of Bob's on one sequence of two steps: one answered the first, one the second, one opted out."""
    sequence = Sequence(
        key="own-chase", name="Own chase", starts="hand",
        steps=[{"key": "one", "kind": "email", "title": "First mail", "template_key": "chase_day_3"},
               {"key": "two", "kind": "email", "title": "=Second", "template_key": "chase_last"}],
    )  # fmt: skip
    db.session.add(sequence)
    db.session.flush()
    leads = [make_lead(owner_id=world.bob.user_id) for _ in range(4)]
    for lead, (steps, why) in zip(
        leads, ((1, "replied"), (2, "replied"), (2, "opted_out"), (2, None)), strict=True
    ):  # fmt: skip
        way = Enrolment(lead_id=lead.id, sequence_id=sequence.id, version_no=1, started_how="hand",
                        state="stopped" if why else "active", why=why)  # fmt: skip
        db.session.add(way)
        db.session.flush()
        for number, key in enumerate(("one", "two")):
            message = write(lead, f"chase_{'day_3' if key == 'one' else 'last'}", number) if number < steps else None
            db.session.add(
                FollowUp(
                    lead_id=lead.id, enrolment_id=way.id, sequence_id=sequence.id, step_key=key, kind="email",
                    title=key, due_at=utcnow() + timedelta(days=number), state="done" if message else "cancelled",
                    message_id=message.id if message else None,
                )
            )  # fmt: skip
        if why == "replied":
            db.session.add(
                Message(lead_id=lead.id, contact_id=lead.contact_id, channel="email", direction="in", state="received",
                        recipient="x@example.com", body="Yes please", triage="yes", created_at=utcnow())
            )  # fmt: skip
    db.session.commit()
    return leads


def write(lead: Lead, key: str, number: int) -> Message:
    message = compose(lead, "email", recipient="x@example.com", subject="x", body="x", template_key=key, actor=SYSTEM)
    db.session.flush()
    at = utcnow() - timedelta(hours=2 - number)
    values = {"state": "delivered" if number else "sent", "sent_at": at, "created_at": at}
    db.session.execute(update(Message).where(Message.id == message.id).values(**values))
    return message


def test_by_step(chased: list[Lead]) -> None:
    report = steps_report(SINCE, with_opens=False)
    rows = {row["step"]: row for row in report.rows if row["sequence"] == "Own chase"}
    first, second = rows["First mail"], rows["=Second"]
    assert [first[key] for key in ("planned", "done", "sent", "delivered", "replied", "opted_out")] == [
        4,
        4,
        4,
        0,
        1,
        0,
    ]
    assert [second[key] for key in ("planned", "done", "sent", "delivered", "replied", "opted_out")] == [
        4,
        3,
        3,
        3,
        1,
        1,
    ]
    assert first["opened"] is None
    done = next(column for column in report.columns if column.key == "done")
    assert report.percent(second, done) == 75
    assert steps_report(utcnow() + timedelta(days=1), with_opens=True).rows == []


def test_what_was_done_late_is_what_they_answered_and_a_mail_that_came_back_was_sent(chased: list[Lead]) -> None:
    """A call that was due first and rung last, after a mail that bounced: the yes came of the call."""
    now, lead = utcnow(), chased[3]
    own = select(Sequence.id).where(Sequence.key == "own-chase").scalar_subquery()
    way = db.session.scalars(select(Enrolment).where(Enrolment.lead_id == lead.id, Enrolment.sequence_id == own)).one()
    way.state, way.why = "stopped", "booked"
    of_way = select(FollowUp).where(FollowUp.enrolment_id == way.id)
    mails = db.session.scalars(of_way.order_by(FollowUp.step_key)).all()
    for mail in mails:
        mail.due_at = mail.finished_at = now - timedelta(days=2)
    db.session.execute(update(Message).where(Message.id == mails[1].message_id).values(state="failed"))
    db.session.add(
        FollowUp(lead_id=lead.id, enrolment_id=way.id, sequence_id=way.sequence_id, step_key="ring", kind="call",
                 title="Ring", due_at=now - timedelta(days=4), finished_at=now, state="done")
    )  # fmt: skip
    db.session.commit()
    rows = {row["step"]: row for row in steps_report(SINCE, with_opens=False).rows}
    figures = figures_of(way.sequence_id, SINCE).steps
    for step, title, booked, sent in (("two", "=Second", 0, 3), ("ring", "Ring (no longer there)", 1, 0)):
        assert (rows[title].get("booked", 0), rows[title]["sent"] or 0) == (booked, sent)
        assert (figures[step].booked, figures[step].sent) == (booked, sent)


def test_by_template(chased: list[Lead]) -> None:
    rows = {row["template"]: row for row in templates_report(SINCE, with_opens=True).rows}
    third, last = rows["Chase, day 3"], rows["Chase, last"]
    assert (third["written"], third["sent"], third["delivered"], third["replied"], third["opened"]) == (4, 4, 0, 1, 0)
    assert (last["written"], last["delivered"], last["replied"]) == (3, 3, 1)


def test_by_person(chased: list[Lead], world: Any) -> None:
    rows = {row["person"]: row for row in people_report(SINCE, with_opens=False).rows}
    keys = ("leads", "sent", "delivered", "replied", "opted_out")
    assert [rows[world.bob.name][key] for key in keys] == [4, 7, 3, 2, 1]


def test_how_soon_people_were_answered(world: Any, make_lead: Any) -> None:
    for minutes in (5, 20, 50, 90, 600):
        lead = make_lead(owner_id=world.bob.user_id)
        values = {"first_contact_minutes": minutes, "first_contact_at": utcnow()}
        db.session.execute(update(Lead).where(Lead.id == lead.id).values(**values))
    make_lead()
    db.session.commit()
    rows = {str(row["who"]): row for row in answers_report(SINCE).rows}
    keys = ("leads", "answered", "hour", "middle", "most")
    assert [rows["All"][key] for key in keys] == [6, 5, 3, 50, 600]
    assert [rows[world.bob.name][key] for key in keys] == [5, 5, 3, 50, 600]
    assert [rows["Nobody"][key] for key in keys] == [1, 0, 0, None, None]


def test_an_answer_is_to_what_had_been_sent_by_then(world: Any, make_lead: Any) -> None:
    lead, now = make_lead(), utcnow()
    for key, written, sent in (("chase_day_3", 50, 10), ("chase_last", 40, 30), ("quote_email", 35, 5)):
        message = Message(
            lead_id=lead.id, contact_id=lead.contact_id, channel="email", direction="out", state="sent",
            recipient="x@example.com", body="Hello", template_key=key, created_at=now - timedelta(hours=written),
            sent_at=now - timedelta(hours=sent),
        )  # fmt: skip
        db.session.add(message)
    db.session.add(
        Message(lead_id=lead.id, contact_id=lead.contact_id, channel="email", direction="in", state="received",
                recipient="x@example.com", body="Yes", triage="yes", created_at=now - timedelta(hours=8))
    )  # fmt: skip
    db.session.commit()
    replied = {row["template"]: row["replied"] for row in templates_report(SINCE, with_opens=False).rows}
    names = {each.key: each.name for each in list_templates()}
    assert [replied[names[key]] for key in ("chase_day_3", "chase_last", "quote_email")] == [1, 0, 0]


def test_leads_of_which_nobody_knows_how_soon_make_nobody_slower(alice: Any, make_lead: Any) -> None:
    now = utcnow()
    for minutes in (20, None, None, None):  # the others were brought in from a file, as spoken to already
        lead = make_lead()
        values = {"first_contact_at": now, "first_contact_minutes": minutes}
        db.session.execute(update(Lead).where(Lead.id == lead.id).values(**values))
    db.session.commit()
    (everybody, *_), columns = (report := answers_report(SINCE)).rows, {each.key: each for each in report.columns}
    assert (everybody["answered"], everybody["hour"]) == (4, 1)
    assert report.percent(everybody, columns["hour"]) == 100
    page = alice.get(f"{URL}?by=answers&days=30").text
    assert 'data-label="Within an hour">1 <span class="share"><progress max="100" value="100"' in page


@pytest.mark.parametrize("by", ["steps", "templates", "people", "answers"])
def test_the_page_and_the_file(alice: Any, chased: list[Lead], by: str, count_sql: Any) -> None:
    with count_sql() as statements:
        page = alice.get(f"{URL}?by={by}&days=30")
    assert page.status_code == 200 and "<table" in page.text and len(page.text) < 60_000
    assert len(statements) <= 8, statements
    sent = alice.get(f"{URL}.csv?by={by}&days=30")
    assert (
        sent.headers["Content-Type"] == "text/csv; charset=utf-8"
        and "attachment" in sent.headers["Content-Disposition"]
    )
    lines = list(csv.reader(io.StringIO(sent.data.decode("utf-8-sig"))))
    assert len(lines) > 1 and {len(line) for line in lines} == {len(lines[0])}
    if by == "steps":
        assert any("'=Second" in line for line in lines)


def test_opens_are_told_only_where_they_are_noted(alice: Any, chased: list[Lead]) -> None:
    assert "is not noted here" in alice.get(URL).text
    db.session.execute(update(Workspace).where(Workspace.slug == "wells").values(tracks_opens=True))
    db.session.commit()
    assert "is not noted here" not in alice.get(URL).text


def test_cells_that_look_like_formulas_are_none() -> None:
    assert [safe(cell) for cell in ("=1+1", "+44", "-1", "@x", "\tx", " =x", "＝x", "plain")] == [
        "'=1+1", "'+44", "'-1", "'@x", "'\tx", "' =x", "'＝x", "plain",
    ]  # fmt: skip


def test_who_may_read_them(bob: Any, carol: Any, dave: Any, world: Any, chased: list[Lead]) -> None:
    assert dave.get(URL).status_code == 200
    assert bob.get(URL).status_code == carol.get(URL).status_code == 403
    with world.mallory.acting():
        assert all(row["planned"] == 0 for row in steps_report(SINCE, with_opens=False).rows)
        assert db.session.scalars(select(Sequence).where(Sequence.key == "own-chase")).all() == []


def test_a_slip_that_was_taken_back_is_nobodys_yes(world: Any, make_lead: Any) -> None:
    slip, meant = make_lead(owner_id=world.alice.user_id), make_lead(owner_id=world.alice.user_id)
    for lead in (slip, meant):
        move_to_stage(lead.id, stage_by_key("ready_for_squeegee").id, world.alice.actor)
        db.session.commit()
    take_back(slip.id, world.alice.actor)
    db.session.commit()
    report = people_report(utcnow() - timedelta(days=1), with_opens=False)
    assert [row["booked"] for row in report.rows] == [1]


def test_what_was_thrown_away_is_no_enquiry_that_nobody_answered(world: Any, make_lead: Any) -> None:
    """Else the figures would change by themselves once the bin is emptied."""
    kept, spam = make_lead(owner_id=world.bob.user_id), make_lead(owner_id=world.bob.user_id)
    archived = make_lead(owner_id=world.bob.user_id)
    archive(archived.id, world.alice.actor)
    put_in_bin(spam.id, world.alice.actor)
    db.session.commit()
    assert [row["leads"] for row in answers_report(SINCE).rows] == [2, 2, 2]
    assert [row["leads"] for row in people_report(SINCE, with_opens=False).rows] == [2]
    assert kept.shelf == "desk"


def test_what_was_sent_and_said_on_a_lead_in_the_bin_counts_no_more_than_the_lead(
    world: Any, chased: list[Lead]
) -> None:
    move_to_stage(chased[0].id, stage_by_key("ready_for_squeegee").id, world.bob.actor)
    for lead in chased:
        put_in_bin(lead.id, world.alice.actor)
    db.session.commit()
    assert people_report(SINCE, with_opens=True).rows == []
