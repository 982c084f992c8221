"""Two people at one kitchen table, two phones: one answer stands, on real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.activities.models import Activity
from app.extensions import db
from app.leads.models import StageChange
from app.leads.services import get_lead
from app.quotes.models import Quote
from app.quotes.queries import get_quote

pytestmark = pytest.mark.commits
RACERS = 6


def race(app: Flask, requests: list[tuple[str, dict[str, str]]]) -> list[int]:
    """Send the requests at the same moment, each from a thread and connection of its own; their statuses."""
    line = Barrier(len(requests))

    def run(request: tuple[str, dict[str, str]]) -> int:
        line.wait(60)
        with app.app_context(), app.test_client() as client:
            return client.open(request[0], method="POST", data=request[1], csrf=False).status_code

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(run, requests))


def test_two_accepts_at_once(app: Flask, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    db.session.commit()
    statuses = race(
        app,
        [
            (f"/c/{quote.link_secret}/accept", {"option": str(quote.options[i % 3].id), "name": f"Person {i}"})
            for i in range(RACERS)
        ],
    )
    assert statuses == [303] * RACERS
    db.session.expire_all()
    stands = get_quote(quote.id)
    told = db.session.scalars(select(Activity).where(Activity.event == "quote.accepted")).all()
    assert len(told) == 1
    assert str(stands.accepted_option_id) == told[0].data["option_id"]
    assert get_lead(lead.id).price_minor == told[0].data["price_minor"]
    moves = [change.to_name for change in db.session.scalars(select(StageChange))]
    assert len(moves) == len(set(moves))


def test_yes_and_no_at_once(app: Flask, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    db.session.commit()
    accept = (f"/c/{quote.link_secret}/accept", {"option": str(quote.options[0].id), "name": "Hannah"})
    refuse = (f"/c/{quote.link_secret}/decline", {"reason": "not_now"})
    assert sorted(race(app, [accept, refuse])) == [303, 409]
    answers = db.session.scalars(
        select(Activity.event).where(Activity.event.in_(("quote.accepted", "quote.declined")))
    ).all()
    assert len(answers) == 1
    db.session.expire_all()
    assert answers[0] == f"quote.{get_quote(quote.id).state}"


def test_many_looks_at_once_count_once(app: Flask, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    db.session.commit()
    assert race(app, [(f"/c/{quote.link_secret}/opened", {})] * RACERS) == [204] * RACERS
    db.session.expire_all()
    assert get_quote(quote.id).open_count == 1
