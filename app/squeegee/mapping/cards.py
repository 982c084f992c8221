"""The customer's, the job's and the quote's card, from a lead that `missing_for_api` calls complete."""

from dataclasses import replace
from datetime import date
from typing import Protocol

from app.squeegee.mapping.account import Account
from app.squeegee.mapping.facts import LeadFacts
from app.squeegee.mapping.patterns import notes_of, tags_of
from app.squeegee.mapping.rhythms import rhythm_of
from app.squeegee.ports import CustomerCard, JobCard


class Rung(Protocol):
    """One frequency of an offer with its prices in minor units; `quotes.models.QuoteOption` is one."""

    @property
    def frequency(self) -> str:
        """One of FREQUENCIES."""
        ...

    @property
    def price_minor(self) -> int:
        """What a visit costs."""
        ...

    @property
    def first_minor(self) -> int | None:
        """What the first visit costs where that differs."""
        ...


def customer_card(facts: LeadFacts) -> CustomerCard:
    """The customer. The lead's number goes out as the reference, by which a person finds it again."""
    return CustomerCard(
        name=facts.name, address=facts.address, reference=facts.number, email=facts.email, phone=facts.phone
    )


def job_card(facts: LeadFacts, account: Account, first_date: date) -> JobCard:
    """The job. Work without an id of its own stands in the notes, and so does another price of the first clean."""
    rhythm = rhythm_of(facts.frequency, account)
    pence = facts.price_minor or 0
    return JobCard(
        first_date=first_date,
        service_ids=tuple(dict.fromkeys(filter(None, map((account.service_ids or {}).get, facts.codes)))),
        price=pence // 100 if pence % 100 == 0 else pence / 100,
        weeks=rhythm.interval if rhythm else None,
        notes=notes_of(facts, account),
        tags=tags_of(facts, account),
    )


def quote_card(facts: LeadFacts, account: Account, rung: Rung, first_date: date) -> JobCard | None:
    """A quote for another rung of the offer: the job's card with its frequency and prices. None for a rung whose
    frequency Squeegee does not take. A quote is sent without the date of the job itself.
    """
    rhythm = rhythm_of(rung.frequency, account)
    if rhythm is None or rhythm.kind == "none":
        return None
    other = replace(
        facts, frequency=rung.frequency, price_minor=rung.price_minor, first_price_minor=rung.first_minor
    )  # fmt: skip
    return job_card(other, account, first_date)
