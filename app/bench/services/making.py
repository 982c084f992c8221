"""One batch of made-up leads, with everything that belongs to them, as rows."""

import json
import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from app.bench.services.people import Household, household, remark
from app.core.keyring import cipher, search_index
from app.core.money import annual_minor, monthly_minor
from app.leads.models import FREQUENCIES, SERVICES

#: The ways leads go, with how many of a hundred end there. Most have long ended.
OPEN_ROADS = (
    (24, ("new",)),
    (14, ("new", "contacted")),
    (11, ("new", "quote_requested")),
    (25, ("new", "contacted", "quote_sent")),
    (7, ("new", "quote_requested", "quote_sent", "negotiating")),
    (9, ("new", "quote_sent", "follow_up_1")),
    (5, ("new", "quote_sent", "follow_up_1", "follow_up_2")),
    (3, ("new", "quote_sent", "hot_lead")),
    (2, ("new", "quote_sent", "hot_lead", "ready_for_squeegee")),
)
ENDED_ROADS = (
    (44, ("new", "quote_sent", "transferred_to_squeegee", "booking_confirmed")),
    (8, ("new", "quote_sent", "ready_for_squeegee", "transferred_to_squeegee")),
    (22, ("new", "quote_sent", "declined")),
    (20, ("new", "quote_sent", "lost_contact")),
    (6, ("new", "not_in_area")),
)
_MESSAGES = ("email", "sms")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the leads go and between whom they are shared; plain values, so that it can be sent to a process."""

    workspace_id: UUID
    prefix: str
    leads: int
    begun: datetime
    ended: datetime
    stages: dict[str, tuple[UUID, str]]
    #: By stage: the sequence that it starts, and key, kind and title of its first step.
    plans: dict[str, tuple[UUID, str, str, str]]
    sources: tuple[tuple[UUID, str], ...]
    owners: tuple[UUID, ...]

    def moment_of(self, number: int) -> datetime:
        """When the lead with this number (from 0) came in: evenly spread, oldest first."""
        return self.begun + (self.ended - self.begun) * number / self.leads

    def first_of(self, year: int) -> int:
        """The number of the first lead of a year."""
        share = (datetime(year, 1, 1, tzinfo=UTC) - self.begun) / (self.ended - self.begun)
        return max(0, math.ceil(share * self.leads))


class Batch:
    """The rows of some leads, by table. Ids sort by the time they stand for, as real ones do."""

    def __init__(self, setting: Setting, numbers: range) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._setting = setting
        self._random = Random(f"{setting.workspace_id}:{numbers.start}")
        for number in numbers:
            self._add(number)
        # Every writer takes the counters' locks in one order.
        self.rows["leads"].sort(key=lambda row: (row["stage_id"], row["owner_id"] or UUID(int=0)))

    def _id(self, at: datetime) -> UUID:
        bits = (int(at.timestamp() * 1000) << 80) | (0x7 << 76) | (0b10 << 62)
        return UUID(int=bits | (self._random.getrandbits(12) << 64) | self._random.getrandbits(62))

    def _row(self, table: str, row_id: UUID, **values: Any) -> None:
        self.rows[table].append({"workspace_id": self._setting.workspace_id, "id": row_id, **values})

    def _add(self, number: int) -> None:
        random, setting = self._random, self._setting
        at = setting.moment_of(number)
        is_recent = number > setting.leads * 0.85
        is_open = random.random() < (0.75 if is_recent else 0.05)
        roads = OPEN_ROADS if is_open else ENDED_ROADS
        road = random.choices([road for _, road in roads], [weight for weight, _ in roads])[0]
        home = household(random, number)
        lead_id, contact_id, place_id = self._id(at), self._id(at), self._id(at)
        self._add_contact(contact_id, home, at)
        self._add_place(place_id, home, at)
        moments, change_id = self._add_history(lead_id, road, at, is_long=number % 100 == 0)
        next_act, next_act_at = self._plan(lead_id, road[-1], change_id, moments[-1])
        year = at.year
        name = f"{setting.prefix}-{year}-{number - setting.first_of(year) + 1:03d}"
        frequency = random.choices(tuple(FREQUENCIES), (25, 10, 45, 10, 10))[0]
        price = None if len(road) == 1 else random.randint(24, 120) * 50
        weeks = FREQUENCIES[frequency]
        yearly, monthly = (annual_minor(price, weeks), monthly_minor(price, weeks)) if price else (0, 0)
        owner = random.choices((None, *setting.owners), (60 if road == ("new",) else 5, 40, 25, 15, 10, 5))[0]
        self._row(
            "leads", lead_id, number=name, shelf="desk", contact_id=contact_id, property_id=place_id,
            stage_id=setting.stages[road[-1]][0], stage_entered_at=moments[-1],
            rank=-int(moments[-1].timestamp() * 1e9), owner_id=owner,
            priority=random.choices(("normal", "high", "low", "urgent"), (80, 12, 5, 3))[0],
            version=len(moments), source_id=random.choices(setting.sources, range(len(setting.sources), 0, -1))[0][0],
            source_details="{}", district=home.district, sector=home.sector, property_type=home.property_type,
            bedrooms=home.bedrooms, service=random.choices(SERVICES[:3], (85, 10, 5))[0],
            frequency=frequency, extras=random.choice(("", "", "conservatory", "inside,velux")),
            wishes_sealed=self._seal(remark(random) if number % 3 == 0 else None, "leads", "wishes_sealed", lead_id),
            currency="GBP", price_minor=price, monthly_minor=monthly,
            annual_minor=yearly, next_act=next_act, next_act_at=next_act_at, follow_up_count=0,
            last_contact_at=moments[-1] if len(road) > 1 else None, last_activity_at=moments[-1], created_at=at,
            updated_at=moments[-1],
        )  # fmt: skip
        self._add_tokens(lead_id, home, name)

    def _seal(self, text: str | None, table: str, column: str, row_id: UUID) -> bytes | None:
        return cipher().seal(text, table, column, row_id)

    def _add_contact(self, contact_id: UUID, home: Household, at: datetime) -> None:
        index = search_index()
        sealed = {
            f"{name}_sealed": self._seal(getattr(home, name), "contacts", f"{name}_sealed", contact_id)
            for name in ("name", "email", "phone", "phone_as_given")
        }
        self._row(
            "contacts", contact_id, **sealed, preferred_method="any", created_at=at, version=1,
            email_key=index.exact("email", home.email) if home.email else None,
            phone_key=index.exact("phone", home.phone[-9:]) if home.phone else None,
        )  # fmt: skip

    def _add_place(self, place_id: UUID, home: Household, at: datetime) -> None:
        words = "".join(letter for letter in home.line1.casefold() if letter.isalnum())
        texts = {"address_line1": home.line1, "town": home.town, "postcode": home.postcode}
        sealed = {
            f"{name}_sealed": self._seal(text, "properties", f"{name}_sealed", place_id) for name, text in texts.items()
        }
        self._row(
            "properties", place_id, **sealed, place_key=search_index().exact("place", f"{words}|{home.postcode}"),
            district=home.district, sector=home.sector, property_type=home.property_type, bedrooms=home.bedrooms,
            access_facts="", created_at=at, version=1,
        )  # fmt: skip

    def _add_history(
        self, lead_id: UUID, road: tuple[str, ...], at: datetime, *, is_long: bool
    ) -> tuple[list[datetime], UUID]:
        """The lead's moves and what else its timeline tells. Returns when it entered each stage, and the last move."""
        random, moments, before, change_id = self._random, [], None, lead_id
        for key in road:
            stayed = timedelta(hours=random.randint(1, 60)) if before else timedelta()
            at = min(at + stayed, self._setting.ended)
            moments.append(at)
            change_id = self._add_move(lead_id, before, key, at, int(stayed.total_seconds()))
            before = key
            for _ in range(12 if is_long else random.randint(0, 1)):
                self._add_talk(lead_id, min(at + timedelta(minutes=random.randint(5, 300)), self._setting.ended))
        return moments, change_id

    def _add_move(self, lead_id: UUID, before: str | None, key: str, at: datetime, seconds: int) -> UUID:
        stage_id, name = self._setting.stages[key]
        from_id, from_name = self._setting.stages[before] if before else (None, None)
        change_id = self._id(at)
        actor = "person" if before else "customer"
        self._row(
            "stage_changes", change_id, lead_id=lead_id, from_stage_id=from_id, to_stage_id=stage_id,
            from_name=from_name, to_name=name, actor_kind=actor, actor_id=None, at=at,
            seconds_in_stage=seconds if before else None,
        )  # fmt: skip
        data = {"source": "website_form", "stage_id": str(stage_id), "stage_change_id": str(change_id)}
        if before:
            data |= {"from": from_name, "to": name, "stage_key": key, "seconds_in_stage": seconds}
        kind = "stage_changed" if before else "lead_created"
        self._add_activity(lead_id, kind, f"lead.{kind.removeprefix('lead_')}", at, actor, data=data)
        return change_id

    def _add_talk(self, lead_id: UUID, at: datetime) -> None:
        random = self._random
        if random.random() < 0.5:
            self._add_activity(lead_id, "note", "note.added", at, "person", body=remark(random), note_type="general")
        else:
            self._add_activity(
                lead_id, "call", "call.logged", at, "person",
                outcome=random.choice(("spoke", "no_answer", "voicemail")),
                duration_seconds=random.randint(1, 9) * 60, body=remark(random) if random.random() < 0.5 else None,
            )  # fmt: skip

    def _add_activity(
        self, lead_id: UUID, kind: str, event: str, at: datetime, actor: str, *, body: str | None = None,
        data: dict[str, Any] | None = None, **values: Any,
    ) -> None:  # fmt: skip
        activity_id = self._id(at)
        told = {"note_type": None, "outcome": None, "duration_seconds": None, **values}
        self._row(
            "activities", activity_id, lead_id=lead_id, kind=kind, event=event, at=at, actor_kind=actor,
            actor_id=self._random.choice(self._setting.owners) if actor == "person" else None,
            body_sealed=self._seal(body, "activities", "body_sealed", activity_id), data=json.dumps(data or {}),
            is_customer_visible=False, **told,
        )  # fmt: skip

    def _plan(self, lead_id: UUID, key: str, change_id: UUID, since: datetime) -> tuple[str | None, datetime | None]:
        """What is planned for a lead in an open stage: a third of the calls and tasks are late."""
        plan = self._setting.plans.get(key)
        if plan is None:
            return None, None
        sequence_id, step_key, kind, title = plan
        hours = self._random.randint(1, 400) if kind in _MESSAGES else self._random.randint(-120, 240)
        due_at = self._setting.ended + timedelta(hours=hours)
        enrolment_id, follow_up_id = self._id(since), self._id(since)
        self._row(
            "enrolments", enrolment_id, lead_id=lead_id, sequence_id=sequence_id, version_no=1, state="active",
            started_how="stage", started_at=since, counts_from=since, stage_change_id=change_id, version=1,
        )  # fmt: skip
        self._row(
            "follow_ups", follow_up_id, lead_id=lead_id, enrolment_id=enrolment_id, sequence_id=sequence_id,
            step_key=step_key, stage_change_id=change_id, kind=kind, title=title, due_at=due_at, state="planned",
            created_at=since, version=1,
        )  # fmt: skip
        if kind in _MESSAGES:
            self._row(
                "outbox", self._id(since), kind="follow_up.due", subject_id=follow_up_id, dedupe_key=str(follow_up_id),
                run_at=due_at, state="ready", attempts=0, lease_token=0, created_at=since,
            )  # fmt: skip
        return title, due_at

    def _add_tokens(self, lead_id: UUID, home: Household, number: str) -> None:
        """The tokens under which app/leads/services/indexing.py finds a lead."""
        index = search_index()
        tokens = index.name_tokens(home.name) | {index.exact("lead_number", number)}
        tokens |= index.postcode_tokens(home.postcode) | index.address_tokens(home.line1, home.town)
        if home.phone:
            tokens |= index.phone_tokens(home.phone)
        if home.email:
            tokens.add(index.exact("email", home.email))
        here = self._setting.workspace_id
        self.rows["search_tokens"] += [{"workspace_id": here, "token": token, "lead_id": lead_id} for token in tokens]
