"""Rows that became no lead are let go of after some weeks; what is left of them is not brought in any more."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.errors import Conflict
from app.extensions import db
from app.imports import services
from app.imports.models import Import
from app.imports.queries import import_page, rows_page
from app.imports.queries.showing import ImportView
from tests.imports.tables import ANN, BOB
from tests.support.world import World


@pytest.mark.parametrize("is_called_off", [True, False])
def test_what_is_forgotten_is_not_brought_in_any_more(
    alice: Any, world: World, bring_in: Callable[..., Import], run_outbox: Callable[[], int],
    make_due: Callable[..., None], is_called_off: bool,
) -> None:  # fmt: skip
    made = bring_in([ANN, BOB], until="checked")
    if is_called_off:
        services.cancel(made.id, world.alice.actor)
    db.session.commit()
    make_due("import.forget")
    run_outbox()
    db.session.expire_all()
    assert not ImportView.of(import_page(made.id)).may_go_on
    page = alice.get(f"/w/wells/imports/{made.id}").text
    assert "Nothing was brought in" in page and "let go of" in page and "after all" not in page
    with pytest.raises(Conflict):
        services.run(made.id, world.alice.actor)


def test_rows_on_their_way_in_are_not_forgotten(
    world: World, bring_in: Callable[..., Import], run_outbox: Callable[[], int], make_due: Callable[..., None]
) -> None:
    made = bring_in([ANN, BOB], until="checked")
    services.run(made.id, world.alice.actor)
    services.bring_in_some(made.id, world.alice.actor, 1)
    db.session.commit()
    make_due("import.forget")
    run_outbox()
    assert [row.outcome for row in rows_page(made.id).rows] == ["created", "created"]
    make_due("import.forget")
    assert run_outbox() >= 1  # and it comes again


def test_an_undo_that_stopped_half_way_leaves_nothing_to_go_on_with(bring_in: Callable[..., Import]) -> None:
    made = bring_in([ANN, BOB])
    made.state, made.figures = "failed", {**made.figures, "created": 1, "undone": 1}
    assert ImportView.of(made).to_bring_in == 0
