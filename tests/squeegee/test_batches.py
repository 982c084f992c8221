"""Handing over by a file: made once, the same for ever, and a word for each of its rows."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from app.activities.models import Activity
from app.core.errors import Conflict, Invalid
from app.core.outbox import OutboxItem
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import change_fact
from app.reconciliation.models import SqueegeeCustomer, SqueegeeExport
from app.squeegee import services
from app.squeegee.models import Transfer, TransferBatch
from app.squeegee.queries import batch_line, choice, rows
from tests.squeegee.desk import Desk, fresh, stage_of

URL = "/w/wells/squeegee/batches"


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def lead_of(row: Any) -> Lead:
    return db.session.get_one(Lead, (current_workspace_id(), row.lead_id))


@pytest.fixture
def made(desk: Desk, ready_lead: Any) -> TransferBatch:
    """A file of three leads."""
    leads = [ready_lead(name=name) for name in ("Ada Able", "Ben Best", "=Cy Cole")]
    batch = services.make_batch([lead.id for lead in leads], "csv", desk.actor).batch
    db.session.commit()
    return batch


def test_a_file_is_chosen_made_and_downloaded(
    desk: Desk, ready_lead: Any, make_lead: Any, alice: Any, count_sql: Any
) -> None:
    one, two = ready_lead(name="Ada Able"), ready_lead(name="Ben Best")
    ready_lead(name="Nell Nought", price_minor=None)
    sent = ready_lead(name="Sue Sent")
    desk.start(sent)
    page = alice.get(f"{URL}/new").text
    assert "Ada Able" in page and "Ben Best" in page
    assert "Nell Nought" not in page and "Sue Sent" not in page and "One lead lacks something" in page
    asked = {"lead": [str(each.id) for each in (one, two, sent)], "format": "xlsx", "dates": "1"}
    with count_sql() as statements:
        answer = alice.post(URL, data=asked)
    assert answer.status_code == 303 and len(statements) <= 20, statements
    page = alice.get(answer.location).text
    assert "2 leads. 1 had moved on and stayed out." in page
    book = load_workbook(io.BytesIO(alice.get(f"{answer.location}/file.xlsx").data))
    cells = [[cell.value or "" for cell in row] for row in book.active.iter_rows()]
    assert cells[0][0] == "Cust Ref" and {row[0] for row in cells[1:]} == {one.number, two.number}
    assert all(row[cells[0].index("First Date")] for row in cells[1:])
    plain = alice.get(f"{answer.location}/file.csv")
    assert plain.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in plain.headers["Content-Disposition"]
    assert table(plain.data) == cells
    assert choice().leads == []


def test_a_customer_that_squeegee_has_goes_into_no_file_and_is_named_on_the_sheet(
    desk: Desk, ready_lead: Any, alice: Any, run_outbox: Any
) -> None:
    """Their job was refused and the hand-over called off: the customer stands there."""
    desk.far_end.switch(success_false={"step": "job", "times": 1})
    lead, other = ready_lead(name="Ada Able"), ready_lead(name="Ben Best")
    transfer = desk.start(lead)
    run_outbox()
    services.cancel(transfer.id, desk.actor)
    db.session.commit()
    customer_id = fresh(lead).squeegee_customer_id
    page = alice.get(f"{URL}/new").text
    assert "Ben Best" in page and "Ada Able" not in page and "The customer of one lead is in Squeegee already" in page
    assert services.make_batch([lead.id, other.id], "csv", desk.actor).left_out == 1
    sheet = alice.get(f"/w/wells/leads/{lead.id}/copy-sheet").text
    assert customer_id and f"under <b>{customer_id}</b>" in sheet and f'value="{customer_id}"' in sheet


def test_the_file_stays_what_it_was(desk: Desk, made: TransferBatch, alice: Any) -> None:
    before = alice.get(f"{URL}/{made.id}/file.csv").data
    change_fact(rows(made.id)[0].lead_id, "price", "99", "24", desk.actor)
    db.session.commit()
    assert alice.get(f"{URL}/{made.id}/file.csv").data == before
    header, *lines = table(before)
    assert [line[0] for line in lines] == [each.number for each in rows(made.id)]
    assert {line[header.index("Price")] for line in lines} == {"24.00"}
    assert "'=Cy" in [line[header.index("First Name")] for line in lines]


def test_leads_of_a_file_are_on_their_way(desk: Desk, made: TransferBatch, run_outbox: Any, alice: Any) -> None:
    row = rows(made.id)[0]
    run_outbox()
    assert [each.state for each in rows(made.id)] == ["pending"] * 3
    with pytest.raises(Conflict):
        services.hand_over(row.lead_id, "api", desk.actor, desk.day)
    with pytest.raises(Invalid):
        services.make_batch([each.lead_id for each in rows(made.id)], "csv", desk.actor)
    assert "In a file" in alice.get("/w/wells/squeegee").text
    assert "Put into a file for Squeegee" in alice.get(f"/w/wells/leads/{row.lead_id}/timeline").text


def test_rows_are_spoken_of_one_by_one(desk: Desk, made: TransferBatch, alice: Any, run_outbox: Any) -> None:
    first, second, third = rows(made.id)
    word = f"/w/wells/transfers/{first.id}/row"
    page = alice.get(f"{URL}/{made.id}?row={first.id}").text
    assert 'name="squeegee_id"' in page and f'name="next" value="{second.id}"' in page
    said = {"act": "entered", "squeegee_id": "C-9", "place": "batch", "row": str(first.id), "next": str(second.id)}
    answer = alice.post(word, data=said, hx=True)
    assert answer.status_code == 200 and f'name="row" value="{second.id}"' in answer.text
    assert (fresh(db.session.get(Transfer, (made.workspace_id, first.id))).customer_id) == "C-9"
    assert alice.post(word, data=said, hx=True).status_code == 409
    word = f"/w/wells/transfers/{second.id}/row"
    assert alice.post(word, data={"act": "not_taken", "remark": " "}).status_code == 422
    refused = alice.post(word, data={"act": "not_taken", "remark": "x" * 501})
    assert refused.status_code == 422 and "x" * 501 in refused.text
    assert alice.post(word, data={"act": "not_taken", "remark": "Is there twice"}).status_code == 303
    page = alice.get(f"/w/wells/transfers/{second.id}").text
    assert "Is there twice" in page and "Alice Archer" in page and "What was handed over" in page
    assert services.hand_over(second.lead_id, "api", desk.actor, desk.day).state == "pending"  # free again
    db.session.commit()
    assert alice.post(f"/w/wells/transfers/{third.id}/cancel").status_code == 303
    line = batch_line(fresh(made))
    assert (line.state, line.tally) == ("done", {"waiting": 0, "entered": 1, "not_taken": 1, "out": 1})
    timeline = {each.event for each in db.session.scalars(select(Activity).where(Activity.lead_id == second.lead_id))}
    assert "transfer.not_taken" in timeline


def test_several_rows_and_the_rest(desk: Desk, made: TransferBatch, alice: Any) -> None:
    first, second, third = rows(made.id)
    act = f"{URL}/{made.id}/rows"
    assert alice.post(act, data={"act": "entered"}, hx=True).status_code == 422
    answer = alice.post(act, data={"act": "not_taken", "row": [str(first.id)], "remark": ""}, hx=True)
    assert answer.status_code == 422 and "Say why" in answer.text
    answer = alice.post(act, data={"act": "not_taken", "row": [str(first.id)], "remark": "Not ours"}, hx=True)
    assert "1 row noted as not taken." in answer.text
    assert "1 row taken out." in alice.post(act, data={"act": "out", "row": [str(second.id)]}, hx=True).text
    assert second.number.encode() not in alice.get(f"{URL}/{made.id}/file.csv").data
    assert "1 row noted as in Squeegee." in alice.post(f"{URL}/{made.id}/confirm", hx=True).text
    assert batch_line(fresh(made)).state == "done"
    assert [stage_of(lead_of(row)) for row in (first, third)] == ["ready_for_squeegee", "transferred_to_squeegee"]
    report = table(alice.get(f"{URL}/{made.id}/report.csv").data)
    assert report[1][4:7] == ["Not taken", "", "Not ours"] and report[3][4] == "In Squeegee"
    assert ["In the file", "3"] in report and ["Not taken", "1"] in report


def test_a_file_is_taken_back(desk: Desk, made: TransferBatch, alice: Any) -> None:
    answer = alice.post(f"{URL}/{made.id}/cancel", hx=True)
    assert "3 leads can be handed over again" in answer.text and "This file was taken back" in answer.text
    assert alice.post(f"{URL}/{made.id}/cancel", hx=True).status_code == 409
    assert len(choice().leads) == 3
    assert "Taken back" in alice.get(URL).text


def test_many_rows_are_noted_by_a_worker(
    desk: Desk, ready_lead: Any, alice: Any, run_outbox: Any, count_sql: Any
) -> None:
    leads = [ready_lead(name=f"Lead {number}") for number in range(25)]
    batch = services.make_batch([lead.id for lead in leads], "csv", desk.actor).batch
    db.session.commit()
    with count_sql() as statements:
        answer = alice.post(f"{URL}/{batch.id}/confirm", hx=True)
    assert "25 rows are being noted" in answer.text and len(statements) <= 20, statements
    assert batch_line(fresh(batch)).tally["waiting"] == 25
    run_outbox()
    assert (batch_line(fresh(batch)).state, batch_line(batch).tally["entered"]) == ("done", 25)
    assert {stage_of(lead) for lead in leads[:3]} == {"transferred_to_squeegee"}
    with count_sql() as statements:
        alice.get(f"{URL}/{batch.id}")
    assert len(statements) <= 8, statements
    with count_sql() as statements:
        alice.get(URL)
    assert len(statements) <= 8, statements


def test_the_rows_that_the_export_holds(desk: Desk, made: TransferBatch, alice: Any) -> None:
    first, second, _ = rows(made.id)
    export = SqueegeeExport(state="done", created_by=desk.actor.user_id, figures={})
    db.session.add(export)
    db.session.flush()
    for row, ref in ((first, first.number), (second, "4711")):
        db.session.add(
            SqueegeeCustomer(
                identity_key=ref.encode(), ref=ref, name="Somebody", export_id=export.id, lead_id=row.lead_id,
                matched_by="reference",
            )
        )  # fmt: skip
    db.session.commit()
    page = alice.get(f"{URL}/{made.id}").text
    assert "2 of the rows that wait are" in page
    assert "2 rows noted" in alice.post(f"{URL}/{made.id}/confirm", data={"by": "export"}, hx=True).text
    assert [each.customer_id for each in rows(made.id)] == [first.number, "4711", None]
    assert [each.state for each in rows(made.id)] == ["success", "success", "pending"]


def test_a_file_is_for_those_who_hand_over(
    desk: Desk, made: TransferBatch, carol: Any, dave: Any, mallory: Any, world: Any
) -> None:
    for person in (carol, dave):
        for path in ("", "/new", f"/{made.id}", f"/{made.id}/file.csv", f"/{made.id}/report.csv"):
            assert person.get(URL + path).status_code == 403, path
    batch_id = made.id
    for path in (f"/{batch_id}", f"/{batch_id}/file.csv", f"/{batch_id}/report.xlsx"):
        assert mallory.get(f"/w/rival/squeegee/batches{path}").status_code == 404
    for path in ("rows", "confirm", "cancel"):
        assert mallory.post(f"/w/rival/squeegee/batches/{batch_id}/{path}").status_code == 404
    lead_id = rows(made.id)[0].lead_id
    with world.mallory.acting() as actor, pytest.raises(Invalid):
        services.make_batch([lead_id], "csv", actor)


def test_rows_whose_work_has_failed_for_good_are_noted_when_asked_again(
    desk: Desk, ready_lead: Any, run_outbox: Any
) -> None:
    leads = [ready_lead(name=f"Ada {chr(65 + number)}ble") for number in range(21)]
    batch = services.make_batch([lead.id for lead in leads], "csv", desk.actor).batch
    services.confirm_all(batch.id, desk.actor)
    db.session.commit()
    assert services.confirm_all(batch.id, desk.actor) == 0  # it goes on by itself
    db.session.execute(update(OutboxItem).where(OutboxItem.kind == "batch.confirm").values(state="dead"))
    db.session.commit()
    assert services.confirm_all(batch.id, desk.actor) == 21
    db.session.commit()
    run_outbox()
    assert fresh(batch).state == "done"
