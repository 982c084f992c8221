"""The part of a lead's history that is about money: quotes, their answers, hand-overs and first dates."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from flask import current_app

from app.core import access_keys
from app.quotes.models import Quote, QuoteLine, QuoteOption
from app.quotes.services.expiring import plan_expiry
from app.quotes.services.sending import link_expiry
from app.squeegee.models import Transfer
from app.workspaces.demo import words
from app.workspaces.demo.people import ladder

if TYPE_CHECKING:
    from app.workspaces.demo.history import History


class Offers:
    """Writes the quote of one lead and what became of it."""

    def __init__(self, history: "History") -> None:
        self.history, self.cast, self.random = history, history.cast, history.cast.random

    def send(self, at: datetime) -> None:
        """The quote went out, by email where there is an address."""
        history, lead, workspace = self.history, self.history.lead, self.cast.workspace
        quote = Quote(
            lead_id=lead.id, number=f"{lead.number}-Q1", state="sent", terms=workspace.quote_terms, terms_version_no=1,
            valid_until=(at + timedelta(days=workspace.quote_valid_days)).date(), link_secret=access_keys.new_secret(),
            created_by=history.doer, created_at=at - timedelta(minutes=9),
            sent_at=at, sent_by="email" if history.contact.email else "sms",
        )  # fmt: skip
        rungs = ladder(history.enquiry.price_minor, history.enquiry.frequency)
        quote.options = [
            QuoteOption(position=position, frequency=key, price_minor=minor, first_minor=_first_clean(key, minor))
            for position, (key, minor) in enumerate(rungs.items())
        ]
        quote.lines = [QuoteLine(position=0, description="Outside windows, frames and sills")]
        access_keys.register("quote", quote.link_secret, quote.workspace_id, quote.id, link_expiry(quote))
        lead.first_price_minor = _first_clean(history.enquiry.frequency, history.enquiry.price_minor)
        lead.quote_valid_until = quote.valid_until
        history.quote = self.cast.add(quote)
        history.link = f"{current_app.config['PUBLIC_URL']}/c/{quote.link_secret}"
        shown = [{"frequency": key, "price_minor": minor} for key, minor in rungs.items()]
        self._line("quote.sent", at, channel=quote.sent_by, valid_until=quote.valid_until.isoformat(), rungs=shown)
        history.write("quote_email", at + timedelta(seconds=20), by="person")

    def opened(self, at: datetime) -> None:
        """The customer looked at it."""
        quote = self._quote()
        quote.opened_at, quote.open_count = quote.opened_at or at, quote.open_count + 1 if quote.open_count else 1
        self._line("quote.opened", at, by="customer", times=quote.open_count)

    def accepted(self, at: datetime) -> None:
        """The customer took the rung that was asked for."""
        quote, enquiry = self._quote(), self.history.enquiry
        rung = next(option for option in quote.options if option.frequency == enquiry.frequency)
        quote.state, quote.answered_at, quote.accepted_option_id = "accepted", at, rung.id
        quote.accepted_name = enquiry.name
        quote.starts_before_cancellation_ends = self.random.random() < 0.5
        self._line(
            "quote.accepted", at, by="customer", option_id=str(rung.id), frequency=rung.frequency,
            price_minor=rung.price_minor,
        )  # fmt: skip

    def declined(self, at: datetime) -> None:
        """The customer said no, and why."""
        quote, reason = self._quote(), self.random.choice(list(words.DECLINE_WORDS))
        quote.state, quote.answered_at, quote.decline_reason = "declined", at, reason
        quote.decline_words = words.DECLINE_WORDS[reason]
        self.history.lead.decline_reason = reason
        self._line("quote.declined", at, by="customer", reason=reason).body = quote.decline_words

    def end(self, today: date) -> None:
        """Nobody answered: the quote has expired by now, or will one day."""
        quote = self.history.quote
        if quote is None or quote.state != "sent":
            return
        if quote.valid_until >= today:
            plan_expiry(quote)
            return
        quote.state = "expired"
        day_after = datetime.combine(quote.valid_until + timedelta(days=1), time(), self.cast.clock.zone)
        self._line("quote.expired", day_after.astimezone(UTC), by="system", valid_until=quote.valid_until.isoformat())

    def handed_over(self, at: datetime) -> None:
        """Squeegee took the customer and the job."""
        lead = self.history.lead
        lead.squeegee_customer_id, lead.squeegee_job_id = self._foreign_id(), self._foreign_id()
        lead.transferred_at = at
        transfer = self.cast.add(
            Transfer(
                lead_id=lead.id, method="api", state="success", customer_id=lead.squeegee_customer_id,
                job_id=lead.squeegee_job_id, created_by=self.history.doer, created_at=at - timedelta(seconds=4),
                completed_at=at,
            )
        )  # fmt: skip
        self.history.note(
            "transfer", "transfer.succeeded", at, by="system", subject_id=transfer.id, data={"method": "api"}
        )

    def booked(self, at: datetime) -> None:
        """Squeegee told the first date."""
        lead, clock = self.history.lead, self.cast.clock
        opening = clock.next_open(at + timedelta(days=self.random.randint(4, 18)))
        lead.booking_confirmed_at, lead.first_service_date = at, opening.astimezone(clock.zone).date()
        self.history.note(
            "transfer", "booking.confirmed", at, by="system",
            data={"first_service_date": lead.first_service_date.isoformat()},
        )  # fmt: skip

    def _quote(self) -> Quote:
        quote = self.history.quote
        if quote is None:
            raise RuntimeError("this lead was never quoted")
        return quote

    def _foreign_id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def _line(self, event: str, at: datetime, *, by: str = "person", **facts: object):  # type: ignore[no-untyped-def]
        quote = self._quote()
        data = {"quote_id": str(quote.id), "number": quote.number, "version_no": 1, **facts}
        return self.history.note("quote", event, at, by=by, subject_id=quote.id, data=data)


def _first_clean(frequency: str, price_minor: int) -> int | None:
    """A first clean takes half as long again, as the trade reckons; a single one has no second."""
    return None if frequency == "one_off" else round(price_minor * 1.5 / 100) * 100
