"""An import goes on in pieces, whoever goes on with it: nothing is lost and nothing comes in twice."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app.core.errors import Conflict, Invalid, NotFound
from app.core.spreadsheets.writing import write_csv
from app.extensions import db
from app.imports import services
from app.imports.models import Import
from app.imports.queries import import_page, list_imports, rows_page
from app.imports.services import checking
from app.leads.models import Lead, StageCounter
from app.leads.services import get_stage
from app.workspaces.models import Membership
from tests.imports.tables import ANN, BOB, HEADER
from tests.support.world import World

CUSTOMERS = ["Cust Ref", "Title", "First Name", "Last Name", "Address Line 1", "Phone", "Mobile", "Source", "Added"]


def house(number: int, name: str = "Ann Pike") -> list[str]:
    return [name, "Quote sent", "", "", "", "07700 900123", f"{number} Mill Lane, Wells BA5 2QJ", *[""] * 5]


def begun(world: World, rows: list[list[str]]) -> Import:
    made = services.begin(write_csv(HEADER, rows), "leads.csv", None, world.alice.actor)
    services.check(made.id, world.alice.actor)
    db.session.commit()
    return made


def test_pieces_by_other_processes_know_what_stands_higher_up_in_the_file(world: World) -> None:
    rows = [house(1), house(2), house(1), house(2)]
    for row, note in zip(rows, "abcd", strict=True):
        row[11] = note  # no two rows are the very same
    made = begun(world, rows)
    while services.check_some(made.id, world.alice.actor, 1):
        db.session.commit()
        checking._books.clear()
    assert [row.finding for row in rows_page(made.id).rows] == ["ready", "ready", "duplicate", "duplicate"]
    assert [row.problems[-1]["row"] for row in rows_page(made.id).rows[2:]] == [2, 3]
    services.run(made.id, world.alice.actor)
    while services.bring_in_some(made.id, world.alice.actor, 1):
        db.session.commit()
    db.session.expire_all()
    assert [row.outcome for row in rows_page(made.id).rows] == ["created", "created", "joined", "joined"]
    leads = db.session.scalars(select(Lead)).all()
    assert len(leads) == 2 and len({lead.contact_id for lead in leads}) == 1
    db.session.commit()
    assert db.session.scalar(select(func.sum(StageCounter.leads))) == 2


def test_a_dry_run_that_is_cut_off_takes_no_row_for_its_own_double(world: World) -> None:
    made = begun(world, [house(1), house(2), house(3)])
    services.check_some(made.id, world.alice.actor, 2)
    db.session.rollback()
    while services.check_some(made.id, world.alice.actor, 2):
        db.session.commit()
    assert [row.finding for row in rows_page(made.id).rows] == ["ready"] * 3


def test_a_piece_that_is_cut_off_leaves_nothing_behind(world: World) -> None:
    made = begun(world, [house(1), house(2), house(3)])
    services.check_some(made.id, world.alice.actor, 10)
    services.run(made.id, world.alice.actor)
    db.session.commit()
    services.bring_in_some(made.id, world.alice.actor, 2)
    db.session.rollback()
    assert import_page(made.id).done == 0 and db.session.scalar(select(func.count()).select_from(Lead)) == 0
    while services.bring_in_some(made.id, world.alice.actor, 2):
        db.session.commit()
    numbers = db.session.scalars(select(Lead.number).order_by(Lead.number)).all()
    assert [number[-3:] for number in numbers] == ["001", "002", "003"]


def test_an_import_that_was_called_off_goes_on_where_it_was(
    world: World, run_outbox: Callable[[], int]
) -> None:
    made = begun(world, [house(1), house(2), house(3)])
    run_outbox()
    services.run(made.id, world.alice.actor)
    services.bring_in_some(made.id, world.alice.actor, 1)
    services.cancel(made.id, world.alice.actor)
    db.session.commit()
    run_outbox()
    assert import_page(made.id).figures["created"] == 1
    services.run(made.id, world.alice.actor)
    db.session.commit()
    run_outbox()
    db.session.expire_all()
    made = import_page(made.id)
    assert (made.state, made.figures["created"], made.done) == ("done", 3, 3)


def test_whoever_may_not_bring_leads_in_any_more_does_not(world: World, run_outbox: Callable[[], int]) -> None:
    made = begun(world, [house(1)])
    db.session.execute(
        update(Membership).where(Membership.user_id == world.alice.user_id).values(role="sales")
    )  # fmt: skip
    db.session.commit()
    run_outbox()
    db.session.expire_all()
    made = import_page(made.id)
    assert made.state == "cancelled" and "may not" in (made.error or "")


def test_a_landlords_houses_are_leads_of_their_own_and_come_in_once(bring_in: Callable[..., Import]) -> None:
    rows = [
        ["1042", "Mr", "Len", "Lord", "1 High Street, Wells, Somerset BA5 2QA", "01749 960001", "", "Van", "03/11/24"],
        ["1042", "Mr", "Len", "Lord", "2 High Street, Wells, Somerset BA5 2QA", "01749 960001", "", "", "04/11/24"],
        ["1043", "", "", "Fox", "3 High Street, Wells, Somerset BA5 2QA", "", "", "", "05/11/24"],
    ]
    made = bring_in(rows, CUSTOMERS)
    assert made.layout == "squeegee" and made.figures["created"] == 3
    leads = db.session.scalars(select(Lead).order_by(Lead.created_at)).all()
    assert [lead.squeegee_customer_id for lead in leads] == ["1042", "1042", "1043"]
    assert leads[0].contact_id == leads[1].contact_id and leads[0].contact.name == "Mr Len Lord"
    assert {get_stage(lead.stage_id).key for lead in leads} == {"transferred_to_squeegee"}
    rows[2][7] = "Google"
    again = bring_in(rows, CUSTOMERS)
    assert [row.outcome for row in rows_page(again.id).rows] == ["skipped", "skipped", "joined"]


def test_of_leads_with_one_reference_each_row_finds_its_own(bring_in: Callable[..., Import]) -> None:
    rows = [ANN, [*BOB[:3], ANN[3], *BOB[4:]]]
    bring_in(rows)
    for order in (rows, rows[::-1]):
        again = bring_in([[*row[:10], "", f"Table {order is rows}"] for row in order])  # without their days
        assert [row.outcome for row in rows_page(again.id).rows] == ["joined", "joined"]


def test_columns_are_judged_and_nothing_is_written_over(world: World) -> None:
    made = services.begin(write_csv(HEADER, [ANN, BOB]), "leads.csv", None, world.alice.actor)
    actor = world.alice.actor
    with pytest.raises(Invalid) as refused:
        services.map_columns(made.id, {"0": "email", "1": "email", "99": "name", "2": "sock"}, {}, made.version, actor)
    assert {"column-1", "column-99", "column-2", "mapping", "source_id", "stage_id"} >= set(refused.value.errors)
    assert "column-1" in refused.value.errors
    seen = made.version
    services.map_columns(made.id, made.mapping, made.options, seen, actor)
    with pytest.raises(Conflict):
        services.map_columns(made.id, {}, made.options, seen, actor)
    stages = {word: get_stage(UUID(stage)).key for word, stage in import_page(made.id).options["stages"].items()}
    assert stages == {"Quote sent": "quote_sent", "Won": "ready_for_squeegee"}


def test_an_import_is_seen_by_those_who_see_every_lead(world: World) -> None:
    made = begun(world, [ANN])
    with world.bob.acting(), pytest.raises(NotFound):
        import_page(made.id)
    with world.mallory.acting():
        assert list_imports() == []
