"""Taking an import back leaves nothing of it behind, wherever it has left something."""

from collections.abc import Callable

from sqlalchemy import func, select

from app.extensions import db
from app.imports.models import Import
from app.leads.models import Lead
from tests.imports.tables import ANN
from tests.reconciliation.exports import bring, customers, line
from tests.support.client import Client
from tests.support.world import World

BringIn = Callable[..., Import]
RunOutbox = Callable[[], int]


def take_back(browser: Client, made: Import, run_outbox: RunOutbox) -> None:
    """Press Undo on an import, and let the worker do it."""
    assert browser.post(f"/w/wells/imports/{made.id}/undo").status_code == 303
    run_outbox()
    db.session.expire_all()


def test_squeegees_customers_forget_the_leads_that_are_taken_back(
    world: World, alice: Client, bring_in: BringIn, run_outbox: RunOutbox
) -> None:
    in_squeegee = [line("1042", "Ann Pike", "12 Mill Lane, Wells, Somerset BA5 2QJ", mobile="07700 900123")]
    for _ in range(2):
        made = bring_in([ANN])
        lead = db.session.scalars(select(Lead)).one()
        bring(world.alice, in_squeegee)
        run_outbox()
        assert [each.lead_id for each in customers()] == [lead.id]
        take_back(alice, made, run_outbox)
        assert db.session.scalar(select(func.count()).select_from(Lead)) == 0
        assert [each.lead_id for each in customers()] == [None]
