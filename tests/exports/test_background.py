"""An export of many leads: the worker makes the file piece by piece, and whoever asked hears of it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from app.core import outbox
from app.core.clock import utcnow
from app.core.tenancy import acting_in
from app.exports.models import LeadExport
from app.exports.services import beginning
from app.extensions import db
from app.leads.models import Lead
from app.leads.queries.filtering import seal_words
from app.leads.services import put_in_bin
from app.messaging.models import Message
from app.notifications.models import Notification
from tests.exports.asking import audited, export, file_of, made, names, sheet, stored, table, turn

pytestmark = pytest.mark.usefixtures("small")
PAGE = "/w/wells/exports"


@pytest.fixture
def leads(make_lead):
    """The ids of five leads, Person 0 to Person 4, the oldest first."""
    return [make_lead(name=f"Person {number}", price_minor=1000 + number).id for number in range(5)]


def test_the_page_shows_how_far_it_has_got_and_then_the_file(alice, leads, run_outbox) -> None:
    answer = export(alice)
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    shown = alice.get(PAGE, hx=True).text
    assert 'value="0"' in shown and "every 2s" in shown and "/file" not in shown
    assert file_of(alice).status_code == 404
    assert turn() == 1
    assert re.search(r">2</span> of <span[^>]*>5</span> written", alice.get(PAGE, hx=True).text)
    run_outbox()
    shown = alice.get(PAGE).text
    assert "Ready" in shown and "every 2s" not in shown and f"{PAGE}/{made().id}/file" in shown
    assert len(made().pieces) == 3 and made().lead_ids is None


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_it_is_the_same_file_as_at_once(alice, leads, run_outbox, monkeypatch, kind: str) -> None:
    run_outbox()  # what enquiries are answered with is a contact, which the file tells
    export(alice, "sort=due", format=kind)
    run_outbox()
    later = file_of(alice)
    monkeypatch.setattr(beginning, "AT_ONCE", 500)
    at_once = export(alice, "sort=due", format=kind)
    if kind == "csv":
        assert later.data == at_once.data and len(table(later)) == 5
    else:
        assert sheet(later) == sheet(at_once) and len(sheet(later)) == 6
    same = ("Content-Type", "Content-Disposition", "X-Content-Type-Options", "Cache-Control")
    assert [later.headers[name] for name in same] == [at_once.headers[name] for name in same]
    assert int(later.headers["Content-Length"]) == len(later.data)


def test_who_asked_is_told_by_the_bell_and_by_a_mail_that_opens_nothing(alice, client, leads, run_outbox) -> None:
    export(alice)
    run_outbox()
    told = db.session.scalars(select(Notification).where(Notification.kind == "export_done")).one()
    assert (told.user_id, told.data["leads"]) == (alice.user_id, 5)
    assert "Your export of 5 leads is ready" in alice.get("/w/wells/notifications").text
    assert alice.get(f"/w/wells/notifications/{told.id}").headers["Location"] == PAGE
    mail = db.session.scalars(select(Message).where(Message.lead_id.is_(None))).one()
    assert (mail.recipient, mail.subject) == ("alice@example.com", "Your export of 5 leads is ready")
    link = re.search(r"http://\S+", mail.body)
    assert link and link[0].endswith(PAGE)  # the same for everybody: one has to sign in, with the permission
    assert "Person" not in mail.body and "Person" not in mail.html
    for path in (PAGE, f"{PAGE}/{made().id}/file"):
        assert client.get(path).headers["Location"].startswith("/login")


def test_it_is_about_the_leads_of_the_moment_in_which_it_was_asked_for(
    alice, world, leads, make_lead, run_outbox
) -> None:
    export(alice, "sort=-value")
    turn()
    make_lead(name="Came later", price_minor=99_999)
    first, last = db.session.get_one(Lead, (world.workspace_id, leads[4])), leads[0]
    first.set_price(1, first.frequency)  # it would stand last now
    put_in_bin(leads[1], world.alice.actor)
    db.session.execute(text("delete from leads where id = :id"), {"id": last})
    db.session.commit()
    run_outbox()
    assert names(file_of(alice)) == [f"Person {number}" for number in (4, 3, 2, 1)]
    assert "4 leads</span>" in alice.get(PAGE).text
    assert audited("export.done")[0]["leads"] == 4


def test_a_second_press_makes_no_second_file(alice, leads, run_outbox) -> None:
    export(alice)
    again = export(alice, format="xlsx")
    assert again.status_code == 409 and "under way already" in again.text
    assert made().format == "csv"
    with pytest.raises(IntegrityError), db.session.begin_nested():  # nor do two presses of the same moment
        other = LeadExport(format="csv", columns=[], ordered="due", total=1, created_by=alice.user_id)
        db.session.add(other)
        db.session.flush()
    run_outbox()
    assert export(alice, format="xlsx").status_code == 303


def test_there_is_an_end_to_how_many(alice, leads, monkeypatch) -> None:
    monkeypatch.setattr(beginning, "MOST_LEADS", 4)
    for query in ("", "sort=due"):
        refused = export(alice, query)
        assert refused.status_code == 422 and "more than 4 leads" in refused.text
    assert db.session.scalars(select(LeadExport)).all() == []
    assert turn() == 0


def test_there_is_an_end_to_how_many_files_wait(alice, leads, run_outbox, monkeypatch) -> None:
    monkeypatch.setattr(beginning, "MOST_FILES", 2)
    for _ in range(2):
        assert export(alice).status_code == 303
        run_outbox()
    refused = export(alice)
    assert refused.status_code == 409 and "There are 2 files here already" in refused.text
    one = db.session.scalars(select(LeadExport.id).limit(1)).one()
    alice.post(f"{PAGE}/{one}/remove")
    assert export(alice).status_code == 303


def test_each_fetching_stands_in_the_audit_log(alice, sign_in, world, leads, run_outbox) -> None:
    export(alice, f"words={seal_words('Person')}", format="xlsx")
    run_outbox()
    assert audited("export.downloaded") == []
    for _ in range(2):
        file_of(alice)
    assert audited("export.downloaded") == [{"leads": 5, "format": "xlsx"}] * 2
    (begun,) = audited("export.begun")
    assert begun["leads"] == 5 and begun["filter"] == [["words", "…"]]
    assert "Search: …" in alice.get(PAGE).text


def test_the_page_says_which_leads_a_file_is_of(alice, leads, run_outbox) -> None:
    export(alice, "priority=normal&value=1..&sort=-value", columns="shown")
    run_outbox()
    shown = alice.get(PAGE).text
    assert "Priority: Normal · Value a year: from £1" in shown
    assert "Value, highest first" in shown and "the columns shown" in shown and "Alice Archer" in shown


def test_those_who_see_every_lead_see_every_file_and_nobody_else_does(alice, world, sign_in, leads, run_outbox) -> None:
    from tests.support.world import add_member

    export(alice)
    run_outbox()
    manager, found = sign_in(add_member(world, "mona", "manager")), made().id
    assert len(table(manager.get(f"{PAGE}/{found}/file"))) == 5
    for person in (world.bob, world.carol):
        browser = sign_in(person)
        assert browser.get(f"{PAGE}/{found}/file").status_code == 403
        assert browser.post(f"{PAGE}/{found}/remove").status_code == 403
        with person.acting():  # nor would the database give it to them
            assert db.session.scalars(select(LeadExport.id)).all() == []
    rival = sign_in(world.mallory)
    assert rival.get(f"/w/rival/exports/{found}/file").status_code == 404
    assert rival.post(f"/w/rival/exports/{found}/remove").status_code == 404
    assert "5 leads</span>" not in rival.get("/w/rival/exports").text


@pytest.mark.parametrize("change", ("role = 'sales'", "deactivated_at = now()"))
def test_who_may_not_any_more_gets_no_file(alice, world, leads, run_outbox, small, change: str) -> None:
    export(alice)
    turn()
    assert len(stored(small)) == 1
    db.session.execute(text(f"update memberships set {change} where user_id = :id"), {"id": world.alice.user_id})
    db.session.commit()
    run_outbox()
    assert (made().state, made().pieces, made().lead_ids) == ("failed", [], None)
    assert "may not export" in (made().error or "")
    assert stored(small) == []


def test_one_page_after_the_other(alice, world, leads) -> None:
    with acting_in(world.workspace_id, user_id=world.alice.user_id):
        for number in range(23):
            at = utcnow() - timedelta(hours=number)
            db.session.add(
                LeadExport(
                    format="csv", state="done", columns=["name"], ordered="due", total=number + 1, created_at=at,
                    created_by=world.alice.user_id, written={"rows": number + 2}, expires_at=at + timedelta(days=7),
                )
            )  # fmt: skip
        db.session.commit()
    shown = alice.get(PAGE).text
    following = re.search(r'rel="next" href="([^"]+)"', shown)
    assert following and shown.count("/file") == 20
    rest = alice.get(following[1]).text
    assert rest.count("/file") == 3 and ">21 leads</span>" in rest


def test_work_that_is_handed_out_twice_writes_no_row_twice(alice, leads, run_outbox) -> None:
    export(alice)
    turn()
    # A worker that was presumed dead comes back beside the next one.
    db.session.execute(update(outbox.OutboxItem).where(outbox.OutboxItem.kind == "export.work").values(state="ready"))
    db.session.commit()
    run_outbox()
    assert names(file_of(alice)) == [f"Person {number}" for number in range(4, -1, -1)]
