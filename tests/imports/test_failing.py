"""A dry run that can't be made ends for a person to see, who may try again."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.errors import Conflict
from app.core.outbox import OutboxItem
from app.core.spreadsheets.writing import write_csv
from app.extensions import db
from app.imports import services
from app.imports.models import ImportRow
from app.imports.queries import import_page
from app.imports.queries.showing import ImportView
from app.leads.models import Lead
from app.workspaces.models import Membership
from tests.imports.tables import ANN, BOB, HEADER
from tests.support.world import World


def test_a_dry_run_that_failed_can_be_tried_again(
    alice: Any, world: World, run_outbox: Callable[[], int], make_due: Callable[..., int]
) -> None:
    made = services.begin(write_csv(HEADER, [ANN, BOB]), "leads.csv", None, world.alice.actor)
    row = db.session.scalars(select(ImportRow).order_by(ImportRow.position.desc()).limit(1)).one()
    whole, row.raw_sealed = row.raw_sealed, b"broken"
    services.check(made.id, world.alice.actor)
    db.session.commit()
    for _ in range(6):
        make_due("import.work")
        run_outbox()
    at = f"/w/wells/imports/{made.id}"
    page = alice.get(at).text
    assert "Something went wrong on our side" in page and f'href="{at}/columns"' in page
    db.session.expire_all()
    assert import_page(made.id).figures == {}
    row.raw_sealed = whole
    services.check(made.id, world.alice.actor)
    db.session.commit()
    run_outbox()
    page = alice.get(at).text
    assert "Bring 2 rows in" in page and "went wrong" not in page


def test_of_a_check_that_was_cut_short_no_row_comes_in(world: World, run_outbox: Callable[[], int]) -> None:
    made = services.begin(write_csv(HEADER, [ANN, BOB]), "leads.csv", None, world.alice.actor)
    services.check(made.id, world.alice.actor)
    services.check_some(made.id, world.alice.actor, 1)
    db.session.execute(update(Membership).where(Membership.user_id == world.alice.user_id).values(role="sales"))
    db.session.commit()
    run_outbox()
    db.session.expire_all()
    assert import_page(made.id).state == "cancelled"
    assert not ImportView.of(import_page(made.id)).may_go_on
    with pytest.raises(Conflict):
        services.run(made.id, world.alice.actor)


def test_an_undo_whose_worker_died_for_good_can_be_gone_on_with(
    alice: Any, world: World, run_outbox: Callable[[], int]
) -> None:
    made = services.begin(write_csv(HEADER, [ANN, BOB]), "leads.csv", None, world.alice.actor)
    at = f"/w/wells/imports/{made.id}"
    for act in (services.check, services.run):
        act(made.id, world.alice.actor)
        db.session.commit()
        run_outbox()
    assert alice.post(f"{at}/undo").status_code == 303
    page = alice.get(at).text
    assert "Undoing" in page and "stands still" not in page
    assert alice.post(f"{at}/undo").status_code == 409
    db.session.execute(update(OutboxItem).where(OutboxItem.kind == "import.work").values(state="dead"))
    db.session.commit()
    page = alice.get(at).text
    assert "It stands still" in page and "Go on with undoing" in page
    assert alice.post(f"{at}/undo").status_code == 303
    run_outbox()
    db.session.expire_all()
    assert import_page(made.id).state == "undone" and db.session.query(Lead).count() == 0
