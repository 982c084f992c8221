"""Squeegee's partner API, version 3.

It has no public documentation. Paths and field names are those that working code of others sends, kept as data
(`wire`), so that an account can correct them. What is unknown of a customer is left out.
"""

from datetime import date
from typing import Any
from urllib.parse import quote

from app.core import http
from app.squeegee.adapters.answers import read_answer, read_list
from app.squeegee.adapters.wire import Places, Wire, read
from app.squeegee.ports import CustomerCard, JobCard, NotSent, Request, Result, Unclear

TIMEOUT_SECONDS = 15.0


class ApiV3:
    """The port to one account. `allow_private` is for the operator's own simulator on loopback."""

    def __init__(self, base_url: str, token: str, wire: Wire | None = None, *, allow_private: bool = False) -> None:
        self._base_url, self._token, self._allow_private = base_url, token, allow_private
        self._wire = wire or read({})

    def create_customer(self, card: CustomerCard) -> Request:
        """The request that makes a customer."""
        facts = {name: getattr(card, name) for name in ("name", "email", "phone", "address", "reference")}
        return Request("customer", self._wire.customer_path, _body(self._wire.customer_fields, facts))

    def create_job(self, customer_id: str, card: JobCard) -> Request:
        """The request that makes a job of a customer."""
        path = _filled(self._wire.job_path, customer_id=customer_id)
        return Request("job", path, _body(self._wire.job_fields, self._work(card)))

    def create_quote(self, customer_id: str, card: JobCard, rung: str) -> Request:
        """The request that makes a quote for a customer: a job without its date."""
        path = _filled(self._wire.quote_path, customer_id=customer_id)
        return Request("quote", path, _body(self._wire.quote_fields, self._work(card)), rung=rung)

    def can_find(self, step: str) -> bool:
        """Whether a path is known by which to ask what became of a request of that step."""
        return self._wire.can_find(step)

    def find_customer(self, reference: str) -> Request:
        """The question for customers with our reference."""
        return Request(
            "find_customer", _filled(self._wire.find_customer_path, reference=reference), wanted=reference
        )

    def find_job(self, customer_id: str, first_date: date) -> Request:
        """The question for a customer's jobs that begin on that day."""
        path = _filled(self._wire.find_job_path, customer_id=customer_id)
        return Request("find_job", path, wanted=first_date.isoformat())

    def send(self, request: Request) -> Result:
        """Send it, once, within TIMEOUT_SECONDS."""
        method = "GET" if request.is_question else "POST"
        try:
            response = http.request(
                method, self._base_url + request.path, headers={"Authorization": f"Bearer {self._token}"},
                json=request.body, timeout=TIMEOUT_SECONDS, allow_private=self._allow_private,
            )  # fmt: skip
        except http.OutboundRefused:
            return NotSent("address_refused", may_pass=False)
        except http.OutboundNoName:
            return NotSent("name_unknown")
        except http.OutboundUntrusted:
            return NotSent("certificate_refused")
        except http.OutboundNotSent:
            return NotSent("not_reached")
        except http.OutboundUnclear:
            return NotSent("not_reached") if request.is_question else Unclear("no_answer")
        return read_list(response, self._wire, request) if request.is_question else read_answer(response, self._wire)

    def _work(self, card: JobCard) -> dict[str, Any]:
        return {
            "first_date": card.first_date, "initial_date": card.first_date, "service_ids": card.service_ids,
            "price": card.price, "notes": card.notes, "tags": card.tags, "weeks": card.weeks,
            "kind": self._wire.word_weeks if card.weeks else self._wire.word_once,
        }  # fmt: skip


def _filled(path: str, **values: str) -> str:
    """The path with values that can't leave their place in it."""
    for name, value in values.items():
        path = path.replace("{" + name + "}", quote(value, safe=""))
    return path


def _body(fields: Places, facts: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for place, fact in fields:
        value = facts[fact]
        if value is None:
            continue
        *above, last = place.split(".")
        level = body
        for name in above:
            level = level.setdefault(name, {})
        level[last] = _plain(value)
    return body


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
