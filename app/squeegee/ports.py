"""What Sill asks of Squeegee, and the answers there are.

Only one thing decides what happens next: whether the other side has what was sent. `Accepted`: yes. `Rejected` and
`NotSent`: certainly not. `Unclear`: nobody here can know, so nothing may be sent again before a person has looked, or
Squeegee has been asked where it can be: then `Found` says what there is.
"""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """A customer as Squeegee takes one. `phone` is E.164; `reference` is the lead's number."""

    name: str
    address: str
    reference: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class JobCard:
    """A job as Squeegee takes one. `price` is in pounds; `weeks` None is a single visit; `service_ids` are theirs."""

    first_date: date
    service_ids: tuple[str, ...]
    price: int | float
    weeks: int | None
    notes: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A request ready to be sent. It holds customer data and no token. Without a body it only asks.

    `wanted` is what a find looks for: our reference of a customer, the first date of a job. `rung` is our frequency
    of a quote.
    """

    step: str
    path: str = field(repr=False)
    body: dict[str, Any] | None = field(default=None, repr=False)
    wanted: str = field(default="", repr=False)
    rung: str | None = None

    @property
    def is_question(self) -> bool:
        """Whether it makes nothing, so that it may be sent as often as one likes."""
        return self.body is None

    def as_text(self) -> str:
        """The request the way it is kept (sealed) and shown to people who may see it."""
        if self.body is None:
            return f"GET {self.path}"
        return f"POST {self.path}\n\n{json.dumps(self.body, indent=2, ensure_ascii=False)}"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Squeegee has it, under `id`."""

    id: str
    status: int
    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a question: the ids of all that is what was looked for, in full."""

    ids: tuple[str, ...]
    status: int
    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Squeegee answered no. `may_pass`: the same may be taken later; `retry_after` when it said when."""

    reason: str
    status: int
    answer: str = field(repr=False)
    may_pass: bool = False
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly did not get there. `may_pass` is False when the address itself is refused."""

    reason: str
    may_pass: bool = True


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may have got there."""

    reason: str
    status: int | None = None
    answer: str | None = field(default=None, repr=False)


Result = Accepted | Found | Rejected | NotSent | Unclear


class SqueegeePort(Protocol):
    """A way into one Squeegee account. Making a request and sending it are apart: it is noted in between."""

    def create_customer(self, card: CustomerCard) -> Request:
        """The request that makes a customer."""
        ...

    def create_job(self, customer_id: str, card: JobCard) -> Request:
        """The request that makes a job of a customer."""
        ...

    def create_quote(self, customer_id: str, card: JobCard, rung: str) -> Request:
        """The request that makes a quote for a customer; `rung` is our frequency."""
        ...

    def can_find(self, step: str) -> bool:
        """Whether this account can be asked what became of a request of that step."""
        ...

    def find_customer(self, reference: str) -> Request:
        """The question for customers with our reference."""
        ...

    def find_job(self, customer_id: str, first_date: date) -> Request:
        """The question for a customer's jobs that begin on that day."""
        ...

    def send(self, request: Request) -> Result:
        """Send it, once. Never raises for what the network or the other side does."""
        ...
