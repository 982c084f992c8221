"""An export whose work has failed for good keeps nobody from the next one."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import update

from app.core.outbox import OutboxItem
from app.extensions import db
from app.reconciliation.models import SqueegeeExport
from app.reconciliation.services import RUN, compare_again
from tests.reconciliation.exports import bring, customers_csv, export_of, line
from tests.reconciliation.test_ledger import MILL, URL
from tests.support.client import Client
from tests.support.world import World

LINES = [line("1042", "Hannah Cole", MILL, mobile="07700 900318")]


def given_up(world: World, state: str) -> SqueegeeExport:
    """An export that got as far as this state, and nobody works on it any more."""
    export = export_of(bring(world.alice, LINES))
    export.state = state
    db.session.execute(update(OutboxItem).where(OutboxItem.kind == RUN).values(state="dead"))
    db.session.commit()
    return export


@pytest.mark.parametrize("state", ["reading", "comparing"])
def test_the_page_says_so_and_takes_the_next(
    world: World, alice: Client, run_outbox: Callable[[], int], state: str
) -> None:
    given_up(world, state)
    page = alice.get(URL).text
    assert "stopped half-way" in page and "goes on by itself" not in page and 'type="file"' in page
    assert alice.post(URL, data={"file": (io.BytesIO(customers_csv(LINES)), "Customers.csv")}).status_code == 303
    page = alice.get(URL).text
    assert "Reading your export" in page and "stopped half-way" not in page
    run_outbox()
    page = alice.get(URL).text
    assert "replaced by the next" in page and "could not be read" not in page


def test_the_night_compares_it_again(world: World, run_outbox: Callable[[], int]) -> None:
    export = export_of(bring(world.alice, LINES))
    run_outbox()
    assert compare_again("tonight") and not compare_again("at once")
    db.session.execute(update(OutboxItem).where(OutboxItem.kind == RUN).values(state="dead"))
    db.session.commit()
    assert export_of(export.id).state == "comparing"
    assert compare_again("tomorrow night")
    db.session.commit()
    run_outbox()
    assert export_of(export.id).state == "done"
