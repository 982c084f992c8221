"""Tells one lead's history: how it came in, every stage it went through, and what each brought."""

from datetime import datetime, timedelta
from typing import Any

from app.activities.models import Activity
from app.contacts.models import Consent, Contact, Property
from app.core import phones, postcodes
from app.core.clock import utcnow
from app.leads.models import Lead, StageChange
from app.messaging.models import Message
from app.quotes.models import Quote
from app.workspaces.defaults import CONSENT_WORDING
from app.workspaces.demo import words
from app.workspaces.demo.cast import Cast
from app.workspaces.demo.offers import Offers
from app.workspaces.demo.people import Enquiry
from app.workspaces.queries import current_workspace

_MINUTE = timedelta(minutes=1)


class History:
    """The rows of one lead, dated as if everything had happened at its time."""

    def __init__(self, cast: Cast, enquiry: Enquiry, number: str, path: tuple[str, ...], times: list[datetime]) -> None:
        self.cast, self.enquiry, self.random = cast, enquiry, cast.random
        self.contact, self.place = self._contact(times[0]), self._place(times[0])
        self.doer = cast.seller.id if self.random.random() < 0.6 else cast.owner.id
        self.lead = self._lead(number, path, times)
        self.offers = Offers(self)
        self.quote: Quote | None = None
        self.link = ""
        self.acknowledged: Message | None = None
        self.change: StageChange | None = None
        for key, at in zip(path, times, strict=True):
            getattr(self, f"_{key}")(at)
            self._enter(key, at)

    def note(self, kind: str, event: str, at: datetime, *, by: str = "person", **values: Any) -> Activity:
        """A line of the timeline. `by`: person, customer or system."""
        self.lead.last_activity_at = max(self.lead.last_activity_at, at)
        return self.cast.add(
            Activity(
                lead_id=self.lead.id, kind=kind, event=event, at=at, actor_kind=by,
                actor_id=self.doer if by == "person" else None, **{"data": {}, **values},
            )
        )  # fmt: skip

    def call(self, at: datetime, outcome: str, text: str | None = None) -> None:
        """A call with how it ended."""
        seconds = 60 * self.random.randint(2, 11) if outcome == "spoke" else None
        self.note("call", "call.logged", at, body=text, outcome=outcome, duration_seconds=seconds)
        self._in_touch("phone", at, reached=outcome == "spoke")

    def write(self, key: str, at: datetime, *, by: str = "system") -> Message | None:
        """A message that went out; None for someone without an address."""
        if not self.contact.email:
            return None
        message = self.cast.mail(key, self.lead, self.contact, at, self.quote, self.link)
        title = self.cast.templates[key].name
        self.note(
            message.channel, "message.sent", at, by=by, body=message.subject, subject_id=message.id,
            is_customer_visible=True,
            data={"message_id": str(message.id), "title": title, "error": None, "reason": ""},
        )  # fmt: skip
        self._in_touch(message.channel, at, reached=by == "person")
        return message

    def _in_touch(self, method: str, at: datetime, *, reached: bool = True) -> None:
        lead = self.lead
        if reached and lead.first_contact_at is None:
            lead.first_contact_at = at
            lead.first_contact_minutes = current_workspace().clock().business_minutes(lead.created_at, at)
        lead.last_contact_at, lead.last_contact_method = at, method

    def _contact(self, at: datetime) -> Contact:
        enquiry = self.enquiry
        contact = Contact(name=enquiry.name, created_at=at, preferred_method="any" if enquiry.email else "phone")
        contact.set_email(enquiry.email)
        contact.set_phone(phones.parse(enquiry.phone), enquiry.phone)
        if enquiry.source == "website_form" and self.random.random() < 0.4:
            self.cast.add(
                Consent(
                    contact_id=contact.id, channel="email", purpose="marketing", granted=True, wording=CONSENT_WORDING,
                    source="website_form", created_at=at,
                )
            )  # fmt: skip
        return self.cast.add(contact)

    def _place(self, at: datetime) -> Property:
        enquiry = self.enquiry
        place = Property(
            town=enquiry.town, access_notes=enquiry.access, property_type=enquiry.property_type,
            bedrooms=enquiry.bedrooms, created_at=at,
        )  # fmt: skip
        place.set_place(enquiry.line1, postcodes.parse(enquiry.postcode))
        return self.cast.add(place)

    def _lead(self, number: str, path: tuple[str, ...], times: list[datetime]) -> Lead:
        enquiry, place = self.enquiry, self.place
        by_hand = enquiry.source not in ("website_form", "google", "facebook")
        lead = Lead(
            number=number, contact_id=self.contact.id, property_id=place.id, stage_id=self.cast.stages[path[-1]].id,
            stage_entered_at=times[-1], rank=-int(times[-1].timestamp() * 1e9),
            owner_id=None if len(path) == 1 and self.random.random() < 0.7 else self.doer,
            source_id=self.cast.sources[enquiry.source], district=place.district, sector=place.sector,
            property_type=enquiry.property_type, bedrooms=enquiry.bedrooms, extras=enquiry.extras,
            wishes=enquiry.wishes, created_at=times[0], updated_at=times[-1], last_activity_at=times[0],
            created_by=self.doer if by_hand else None, form_seconds=None if by_hand else self.random.randint(40, 260),
            service="window_cleaning", follow_up_count=0,
            priority="high" if "hot_lead" in path else "normal", quality_score=self.random.randint(4, 9),
        )  # fmt: skip
        estimated = len(path) > 1 and self.random.random() < 0.7
        lead.set_price(enquiry.price_minor if "quote_sent" in path or estimated else None, enquiry.frequency)
        self.cast.index(lead, self.contact, place)
        return self.cast.add(lead)

    def _enter(self, key: str, at: datetime) -> None:
        stage, before = self.cast.stages[key], self.change
        stayed = int((at - before.at).total_seconds()) if before else None
        self.change = self.cast.add(
            StageChange(
                lead_id=self.lead.id, from_stage_id=before.to_stage_id if before else None, to_stage_id=stage.id,
                from_name=before.to_name if before else None, to_name=stage.name, seconds_in_stage=stayed, at=at,
                actor_kind="person" if before else "customer", actor_id=self.doer if before else None,
            )
        )  # fmt: skip
        if before is None:
            return
        self.note(
            "stage_changed", "lead.stage_changed", at,
            data={
                "from": before.to_name, "to": stage.name, "from_stage_id": str(before.to_stage_id),
                "stage_id": str(stage.id), "stage_key": key, "stage_change_id": str(self.change.id),
                "seconds_in_stage": stayed,
            },
        )  # fmt: skip

    def _new(self, at: datetime, template: str = "acknowledgement") -> None:
        source = self.enquiry.source
        by = "customer" if source in ("website_form", "google", "facebook") else "person"
        data = {"number": self.lead.number, "source": source}
        self.note("lead_created", "lead.created", at, by=by, data=data)
        self.acknowledged = self.write(template, at + _MINUTE) if at + _MINUTE < utcnow() else None

    def _not_in_area(self, at: datetime) -> None:
        self._new(at, "not_in_area")

    def _contacted(self, at: datetime) -> None:
        self.call(at - 2 * _MINUTE, "spoke", self.random.choice(words.CALLS))

    def _quote_requested(self, at: datetime) -> None:
        if self.random.random() < 0.5:
            self.note("note", "note.added", at - _MINUTE, body=self.random.choice(words.NOTES), note_type="internal")

    def _quote_sent(self, at: datetime) -> None:
        self.offers.send(at - _MINUTE)

    def _negotiating(self, at: datetime) -> None:
        self.offers.opened(at - 90 * _MINUTE)
        self.call(at - 2 * _MINUTE, "spoke", self.random.choice(words.HAGGLES))

    def _follow_up_1(self, at: datetime) -> None:
        self.call(at - 2 * _MINUTE, self.random.choice(("no_answer", "voicemail")))
        self.lead.follow_up_count += 1

    def _follow_up_2(self, at: datetime) -> None:
        self.call(at - 2 * _MINUTE, self.random.choice(("voicemail", "busy")))
        self.lead.follow_up_count += 1

    def _hot_lead(self, at: datetime) -> None:
        self.offers.opened(at - 60 * _MINUTE)
        self.call(at - 2 * _MINUTE, "spoke", self.random.choice(words.HOT))

    def _ready_for_squeegee(self, at: datetime) -> None:
        self.offers.opened(at - 6 * _MINUTE)
        self.offers.accepted(at - timedelta(seconds=2))

    def _declined(self, at: datetime) -> None:
        self.offers.opened(at - 4 * _MINUTE)
        self.offers.declined(at - timedelta(seconds=2))

    def _lost_contact(self, at: datetime) -> None:
        self.write("chase_last", at - timedelta(days=1, hours=2))
        self.call(at - 2 * _MINUTE, "no_answer")
        self.lead.follow_up_count += 2

    def _transferred_to_squeegee(self, at: datetime) -> None:
        self.offers.handed_over(at - timedelta(seconds=3))

    def _booking_confirmed(self, at: datetime) -> None:
        self.offers.booked(at - timedelta(seconds=2))
