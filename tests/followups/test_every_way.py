"""Whatever happens in whatever order: nobody hears from us after an answer, at night, or twice, and nothing is lost."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any

import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select, text

from app.core import outbox
from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.permissions import SYSTEM
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.steps import Condition, Delay, Step, find, way
from app.followups.services import carry_out, enrol, finish_follow_up, move_to_version, pause, resume, save_steps
from app.followups.services.laying_out import answers_of, rows_of, steps_under_way
from app.leads.services import get_lead, move_to_stage, stage_by_key, take_back
from app.messaging.models import Message
from app.messaging.services import suppress
from app.messaging.services.receiving import receive
from app.rounds.models import Closure
from app.workspaces.queries import current_workspace

FIRST, LAST = datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 12, 28, tzinfo=UTC)
NUMBERS = count(100)
SAID = ("", "", "Hmm, maybe. I will let you know.", "No thanks, we have found someone else")
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
#: How many stories are told; more with SILL_STORIES, when the engine has changed.
STORIES = int(os.environ.get("SILL_STORIES", "10"))
ACK = Step("ack", "email", "Ack", any_hour=True, counts=False, template_key="plain_email")
TEXT = Step("text", "sms", "Text", Delay(2, "hours"), template_key="plain_sms")
MAIL = Step("mail", "email", "Mail", Delay(1, "business_days"), template_key="plain_email")
CALL = Step("call", "call", "Call", Delay(1), counts=False)
LATE = Step("late", "email", "Late", Delay(3), window=("10:00", "12:00"), template_key="plain_email")
SILENT = Step(
    "silent", "branch", "Silent?", Delay(2), condition=Condition("no_reply"),
    yes=(Step("nudge", "sms", "Nudge", Delay(5, "business_hours"), template_key="plain_sms"),),
    no=(Step("thank", "task", "Thank them"),),
)  # fmt: skip
#: What the sequence of new leads is changed to and fro between.
VERSIONS = ((ACK, TEXT, MAIL, CALL, LATE), (ACK, MAIL, SILENT, LATE), (ACK, TEXT, SILENT, CALL), (TEXT, LATE, MAIL))
OF_CONTACTED = (MAIL, SILENT, CALL)
BY_HAND = (LATE, Step("again", "email", "Again", Delay(5), template_key="plain_email"))


class Chase(RuleBasedStateMachine):
    """One lead, a workspace whose hours change, and a worker that sometimes dies."""

    make_lead: Callable[..., Any]
    traveller: Any
    actor: Any

    @initialize(hours=st.integers(0, (LAST - FIRST) // timedelta(hours=1)), version=st.integers(0, 3))
    def begin(self, hours: int, version: int) -> None:
        db.session.rollback()
        self.traveller.move_to(FIRST + timedelta(hours=hours, minutes=hours % 60))
        db.session.execute(delete(Closure))
        workspace = current_workspace()
        workspace.opens, workspace.closes, workspace.weekday_hours = time(9), time(17), {}
        workspace.max_follow_ups, workspace.message_gap_hours = 50, 24
        self.sequences = {each.key: each for each in db.session.scalars(select(Sequence))}
        for key, steps in (("new_enquiry", VERSIONS[version]), ("contacted", OF_CONTACTED), ("nurture", BY_HAND)):
            sequence = self.sequences[key]
            sequence.is_active, sequence.ends_with_stage = True, key != "nurture"
            db.session.flush()
            save_steps(sequence.id, steps, sequence.version, SYSTEM)
        db.session.commit()
        self.seen: set[Any] = set()
        self.silent = self.opted_out = False
        number = next(NUMBERS)  # a customer of the story's own
        self.email, self.phone = f"hannah.{number}@example.com", f"+447700900{number % 1000:03}"
        self.lead = self.make_lead(email=self.email, phone=self.phone, name="Hannah Cole")
        self.check()

    @rule(hours=st.integers(1, 90))
    def wait(self, hours: int) -> None:
        self.let_pass(timedelta(hours=hours))

    @rule()
    def the_worker_dies(self) -> None:
        """All is done but for the commit; the lease runs out and another takes over."""
        due = self.due(utcnow() + timedelta(days=3))
        if due is not None and due.attempts < outbox.MAX_ATTEMPTS - 2:
            self.traveller.move_to(max(utcnow(), due.run_at))
            outbox.claim_one(due.workspace_id, due.id)
            db.session.commit()
            if due.kind == "follow_up.due":
                carry_out(due.subject_id)
            db.session.rollback()
            db.session.execute(text("update outbox set lease_until = now() - interval '1 day' where state = 'leased'"))
            db.session.commit()

    @rule(key=st.sampled_from(["new", "contacted", "negotiating"]), undone=st.booleans(), said=st.sampled_from(SAID))
    def move(self, key: str, undone: bool, said: str) -> None:
        self.traveller.shift(timedelta(seconds=1))
        before = {each.id for each in self.under_way()}
        moves = self.stage() != key
        move_to_stage(self.lead.id, stage_by_key(key).id, self.actor)
        db.session.commit()
        self.traveller.shift(timedelta(seconds=1))
        if moves and undone:
            if said:
                receive(get_lead(self.lead.id), "email", sender=self.email, subject="Re", body=said, at=utcnow())
                self.silent = True
            take_back(self.lead.id, self.actor)
            db.session.commit()
            assert {each.id for each in self.under_way("paused" if said else "active", "paused")} == (
                before if said != SAID[-1] else set()
            )
        elif moves and key != "negotiating":
            self.silent = False

    @rule()
    def enrol_by_hand(self) -> None:
        sequence = self.sequences["nurture"]
        if sequence.id not in {each.sequence_id for each in self.under_way()}:
            enrol(self.lead, sequence, self.actor, "hand")
            self.silent = False
        db.session.commit()

    @rule(version=st.integers(0, 3), all_move=st.booleans())
    def edit(self, version: int, all_move: bool) -> None:
        sequence = self.sequences["new_enquiry"]
        db.session.refresh(sequence)
        save_steps(sequence.id, VERSIONS[version], sequence.version, self.actor)
        if all_move:
            move_to_version(sequence.id, [each.id for each in self.under_way()], self.actor)
        db.session.commit()

    @rule(what=st.sampled_from(["reply.received", "appointment.booked", "contact.opted_out", "unclear"]))
    def they_answer(self, what: str) -> None:
        data = {"triage": "unclear" if what == "unclear" else "no"} if what in ("reply.received", "unclear") else {}
        if what == "contact.opted_out":
            self.opted_out = True
            suppress("email", self.email, "asked")
            suppress("sms", self.phone, "stop")
        name = "reply.received" if what == "unclear" else what
        publish(Event(name, self.lead.workspace_id, SYSTEM, "lead", self.lead.id, lead_id=self.lead.id, data=data))
        db.session.commit()
        self.silent = True

    @rule(days=st.none() | st.integers(1, 6))
    def let_rest(self, days: int | None) -> None:
        for each in self.under_way("active"):
            pause(each.id, self.actor, utcnow() + timedelta(days=days) if days else None)
        db.session.commit()

    @rule()
    def go_on(self) -> None:
        for each in self.under_way("paused"):
            resume(each.id, self.actor)
            self.silent = False  # a person who has read the answer says so
        db.session.commit()

    @rule(opens=st.integers(7, 11), closes=st.integers(13, 18), closed=st.integers(0, 5), days=st.integers(0, 9))
    def change_hours(self, opens: int, closes: int, closed: int, days: int) -> None:
        workspace = current_workspace()
        workspace.opens, workspace.closes = time(opens), time(closes)
        workspace.weekday_hours = {str(closed): None, "5": ["10:00", "12:30"]}
        day = utcnow().date() + timedelta(days=1)
        db.session.add(Closure(name="Away", starts_on=day, ends_on=day + timedelta(days=days)))
        db.session.commit()

    @rule()
    def a_person_works(self) -> None:
        for each in self.rows():
            if each.state == "planned" and each.kind in ("call", "task"):
                finish_follow_up(each.id, self.actor)
        db.session.commit()

    @invariant()
    def check(self) -> None:
        """What holds after every step of the story."""
        if not hasattr(self, "lead"):
            return
        messages = self.messages()
        new = [each for each in messages if each.id not in self.seen]
        self.seen |= {each.id for each in messages}
        assert not (new and self.opted_out), "a message after an opt-out"
        rows = self.rows()
        done = [row for row in rows if row.message_id is not None]
        assert {each.id for each in messages} <= {row.message_id for row in done}, "a message of no step"
        assert len({row.message_id for row in done}) == len(done)
        keys = [(row.enrolment_id, row.step_key) for row in rows if row.enrolment_id]
        assert len(keys) == len(set(keys)), "a step twice"
        planned = {row.enrolment_id for row in rows if row.state == "planned"}
        active = {each.id for each in self.under_way("active")}
        assert active <= planned, "under way, and nothing planned"
        assert planned - {None} <= active, "planned by what has ended"

    def teardown(self) -> None:
        """Left alone for long enough, everything comes to its end, and nothing was left out on the way."""
        db.session.rollback()
        if hasattr(self, "lead"):
            self.go_on()
            for _ in range(6):
                self.let_pass(timedelta(days=15))
                self.a_person_works()
            assert self.under_way() == []
            self.nothing_was_left_out()
        db.session.rollback()

    def nothing_was_left_out(self) -> None:
        for each in db.session.scalars(select(Enrolment).where(Enrolment.lead_id == self.lead.id)):
            steps = steps_under_way(each)
            rows = rows_of(each)
            was_changed = any(row.why == "new_version" or find(steps, row.step_key) is None for row in rows)
            if each.state != "finished" or was_changed:
                continue
            path = [step.key for step in way(steps, answers_of(rows)) if step.kind != "wait"]
            settled = {row.step_key for row in rows}
            last = max(path.index(key) for key in settled)
            assert last == len(path) - 1, (path, settled)
            missing = set(path) - settled
            assert each.version_no > 1 or not missing, (path, settled)

    def let_pass(self, spell: timedelta) -> None:
        """Time goes by, and the worker does what falls due, when it falls due."""
        end = utcnow() + spell
        for _ in range(200):
            due = self.due(end)
            if due is None:
                break
            self.traveller.move_to(max(utcnow(), due.run_at))
            before = {each.id: each for each in self.messages()}
            outbox.run(due.workspace_id, due.id)
            db.session.expire_all()
            for each in self.messages():
                if each.id not in before:
                    self.judge(each, list(before.values()))
        else:
            raise AssertionError("work that never ends")
        self.traveller.move_to(end)

    def judge(self, message: Message, earlier: list[Message]) -> None:
        """A message that has just been written."""
        row = next(each for each in self.rows() if each.message_id == message.id)
        clock, at = current_workspace().clock(), message.created_at
        assert not self.silent, "a message after an answer"
        if row.step_key != "ack":
            assert clock.is_open(at), "outside the hours"
            spaced = [each.created_at for each in earlier if each.id not in self.acknowledgements()]
            assert all(at - each >= timedelta(hours=24) for each in spaced), "too soon after another"
        if message.channel == "sms":
            assert clock.may_text(at)
        if row.step_key == "late":
            assert time(10) <= at.astimezone(clock.zone).time() < time(12) or clock.opens >= time(12)

    def due(self, by: datetime) -> outbox.OutboxItem | None:
        query = select(outbox.OutboxItem).where(
            outbox.OutboxItem.state.in_(("ready", "leased")), outbox.OutboxItem.run_at <= by,
            outbox.OutboxItem.kind.in_(("follow_up.due", "enrolment.resume")),
        )  # fmt: skip
        query = query.order_by(outbox.OutboxItem.run_at, outbox.OutboxItem.id).limit(1)
        return db.session.scalars(query.execution_options(populate_existing=True)).first()

    def acknowledgements(self) -> set[Any]:
        return {row.message_id for row in self.rows() if row.step_key == "ack"}

    def messages(self) -> list[Message]:
        query = select(Message).where(Message.lead_id == self.lead.id, Message.state.not_in(("cancelled", "received")))
        return list(db.session.scalars(query.order_by(Message.created_at)))

    def rows(self) -> list[FollowUp]:
        query = select(FollowUp).where(FollowUp.lead_id == self.lead.id)
        return list(db.session.scalars(query.execution_options(populate_existing=True)))

    def under_way(self, *states: str) -> list[Enrolment]:
        wanted = states or ("active", "paused")
        query = select(Enrolment).where(Enrolment.lead_id == self.lead.id, Enrolment.state.in_(wanted))
        return list(db.session.scalars(query.execution_options(populate_existing=True)))

    def stage(self) -> str:
        db.session.refresh(self.lead)
        return next(key for key in ("new", "contacted", "negotiating") if stage_by_key(key).id == self.lead.stage_id)


def test_nobody_is_forgotten_and_nobody_is_nagged(world: Any, words: Any, make_lead: Any) -> None:
    words("plain_email", "Hello {first_name}")
    words("plain_sms", "Hello {first_name}", "sms")
    with time_machine.travel(datetime(2024, 2, 1, tzinfo=UTC), tick=False) as traveller:
        Chase.make_lead, Chase.traveller, Chase.actor = staticmethod(make_lead), traveller, world.alice.actor
        checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
        run_state_machine_as_test(
            Chase,
            settings=settings(
                phases=PHASES, max_examples=STORIES, stateful_step_count=14, deadline=None, suppress_health_check=checks
            ),
        )
