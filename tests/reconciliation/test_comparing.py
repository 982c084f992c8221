"""An export of Squeegee's is compared with the leads: who is there, who is not, and who only seems to be."""

from collections.abc import Callable
from typing import Any

from tests.reconciliation.exports import bring, customers, export_of, line, open_ones
from tests.support.world import World

MILL = "12 Mill Lane, Wells, Somerset BA5 2QJ"


def test_who_is_there_and_still_chased_is_found(
    world: World, make_lead: Callable[..., Any], run_outbox: Callable[[], int]
) -> None:
    chased = make_lead(name="Hannah Cole", phone="07700 900318", address_line1="12 Mill Lane", postcode="BA5 2QJ",
                       stage_key="quote_sent")  # fmt: skip
    ready = make_lead(name="Ivy Reed", phone="07700 900319", address_line1="3 High Street", postcode="BA5 2QJ",
                      stage_key="ready_for_squeegee")  # fmt: skip
    make_lead(name="Paul Ash", phone="07700 900320", address_line1="9 Tor View", postcode="BA6 9AB")
    export = bring(world.alice, [line("1042", "Hannah Cole", MILL, mobile="07700 900318", title="Mrs")])
    run_outbox()

    assert export_of(export).state == "done"
    assert open_ones() == sorted([("still_chased", chased.id), ("not_there", ready.id)])
    (customer,) = customers()
    assert (customer.lead_id, customer.matched_by, customer.name) == (chased.id, "phone", "Mrs Hannah Cole")
