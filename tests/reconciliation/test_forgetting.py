"""A lead that is deleted for good takes along who is no longer in Squeegee."""

from collections.abc import Callable
from typing import Any

from app.extensions import db
from app.leads.services import delete_for_good, put_on_shelf
from tests.reconciliation.exports import bring, customers, line
from tests.support.world import World

MILL = "12 Mill Lane, Wells, Somerset BA5 2QJ"
HANNAH = {"name": "Hannah Cole", "phone": "07700 900318", "address_line1": "12 Mill Lane", "postcode": "BA5 2QJ"}
OTHER = line("7", "Paul Ash", "9 Tor View, Glastonbury BA6 9AB")


def delete(lead: Any, world: World) -> None:
    """Put a lead in the bin and empty it."""
    put_on_shelf([lead.id], "bin", world.alice.actor)
    delete_for_good([lead.id], world.alice.actor)
    db.session.commit()


def test_who_is_gone_goes_with_the_lead(
    world: World, make_lead: Callable[..., Any], run_outbox: Callable[[], int]
) -> None:
    lead = make_lead(**HANNAH, stage_key="booking_confirmed")
    bring(world.alice, [line("1042", "Hannah Cole", MILL, mobile="07700 900318"), OTHER])
    run_outbox()
    assert [each.lead_id for each in customers()] == [lead.id, None]
    bring(world.alice, [OTHER])
    run_outbox()
    delete(lead, world)
    assert [each.ref for each in customers()] == ["7"]


def test_who_is_there_stays_and_is_nobodys_lead(
    world: World, make_lead: Callable[..., Any], run_outbox: Callable[[], int]
) -> None:
    lead = make_lead(**HANNAH, stage_key="booking_confirmed")
    bring(world.alice, [line("1042", "Hannah Cole", MILL, mobile="07700 900318"), OTHER])
    run_outbox()
    delete(lead, world)
    assert [(each.ref, each.lead_id) for each in customers()] == [("1042", None), ("7", None)]
