"""Customers that stand in Squeegee twice are shown for as long as they do."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.extensions import db
from app.leads.models import Lead
from app.reconciliation.models import Discrepancy
from tests.reconciliation.exports import bring, line, open_ones
from tests.support.client import Client
from tests.support.world import World

URL = "/w/wells/squeegee/reconciliation"
VIEW = "3 Tor View, Glastonbury BA4 9AB"
TWICE = [
    line("77", "Colin Vowles", VIEW, phone="01632 960111"), line("78", "Colin Vowles", VIEW, mobile="07700 900222"),
]  # fmt: skip


@pytest.mark.parametrize("phone", ["01632 960111", "07700 900222"])
def test_a_duplicate_stays_where_one_of_the_two_shares_a_number_with_a_lead_of_elsewhere(
    world: World, alice: Client, make_lead: Callable[..., Lead], run_outbox: Callable[[], int], phone: str
) -> None:
    make_lead(name="Ivy Reed", phone=phone, address_line1="3 High Street", postcode="BA6 2QJ")
    bring(world.alice, TWICE)
    run_outbox()
    assert [kind for kind, _ in open_ones(kind="duplicate")] == ["duplicate"]
    assert "Put right in Squeegee" in alice.get(f"{URL}?kind=duplicate").text


def test_a_duplicate_is_settled_once_either_of_the_two_is_gone(
    world: World, alice: Client, run_outbox: Callable[[], int]
) -> None:
    for kept in TWICE:
        bring(world.alice, TWICE)
        run_outbox()
        assert [kind for kind, _ in open_ones(kind="duplicate")] == ["duplicate"]
        bring(world.alice, [kept])
        run_outbox()
        assert open_ones(kind="duplicate") == [], kept
        assert set(db.session.scalars(select(Discrepancy.state))) == {"settled"}
