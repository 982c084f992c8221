"""Deleting for good out of the bin: some leads, or all that lay there when one was asked."""

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import func, select, text

from app.audit.models import AuditEntry
from app.bulk_acts import jobs
from app.bulk_acts.models import BulkAct
from app.bulk_acts.services import KINDS, Request, finishing, start_act, starting, undoing
from app.contacts.models import Contact
from app.core.errors import Forbidden
from app.core.permissions import Viewer
from app.extensions import db
from app.lead_forms.models import FormSubmission, LeadForm
from app.leads.models import Lead
from app.leads.services import put_on_shelf, restore
from tests.bulk_acts.test_acting import act_on, undo
from tests.bulk_acts.test_background import turn


@pytest.fixture
def binned(make_lead, world):
    """The ids of three leads in the bin."""
    return put_in_bin([make_lead(name=name).id for name in ("Ann Ash", "Ben Birch", "Cat Cedar")], world)


def put_in_bin(ids, world):
    """Put leads in the bin."""
    put_on_shelf(ids, "bin", world.alice.actor)
    db.session.commit()
    return ids


def page(browser) -> str:
    """The bin as its reader sees it."""
    return unescape(browser.get(f"/w/{browser.slug}/leads/bin").text)


def empty(browser, shown: str):
    """Say yes to emptying the bin as the page showed it."""
    until = re.search(r'name="until" value="([^"]+)"', shown)
    return browser.post(
        f"/w/{browser.slug}/bulk/empty-bin", data={"until": until[1] if until else "2000-01-01"}, hx=True
    )


def left() -> set:
    """The ids of all leads there still are."""
    db.session.expire_all()
    return set(db.session.scalars(select(Lead.id)))


@pytest.fixture
def few(monkeypatch):
    """As if two leads were many: the worker does them, two a turn."""
    small = {key: replace(kind, at_once=1) for key, kind in KINDS.items()}
    for module in (starting, finishing, undoing):
        monkeypatch.setattr(module, "KINDS", small)
    monkeypatch.setattr(jobs, "PIECE", 2)
    monkeypatch.setattr(jobs, "TURN_SECONDS", 0.0)


def test_the_bin_is_emptied_of_what_lay_there_when_one_was_asked(alice, world, make_lead, binned, count_sql):
    on_desk = make_lead(name="Dan Dale").id
    shown = page(alice)
    assert "Delete 3 leads for good? They can’t be fetched back." in shown
    later = put_in_bin([make_lead(name="Eve Elm").id], world)

    with count_sql() as statements:
        answer = empty(alice, shown)

    assert answer.status_code == 200 and "3 leads deleted for good." in answer.text
    assert "/undo" not in answer.text
    assert len(statements) <= 32
    assert left() == {on_desk, *later}
    assert sorted(contact.name for contact in db.session.scalars(select(Contact))) == ["Dan Dale", "Eve Elm"]
    assert undo(alice).status_code == 409


def test_each_deleted_lead_is_in_the_audit_log_and_forgotten_elsewhere(alice, binned):
    form_id = db.session.scalars(select(LeadForm.id)).one()
    db.session.add_all(
        FormSubmission(form_id=form_id, lead_id=lead_id, submission_key=lead_id.bytes, answers='{"name": "Ann Ash"}')
        for lead_id in binned
    )
    db.session.commit()

    empty(alice, page(alice))

    count = dict(map(tuple, db.session.execute(select(AuditEntry.action, func.count()).group_by(AuditEntry.action))))
    assert (count["lead.deleted"], count["bulk_act.done"]) == (3, 1)
    assert {(sent.state, sent.answers) for sent in db.session.scalars(select(FormSubmission))} == {("deleted", "{}")}


def test_some_leads_are_deleted_for_good_and_only_out_of_the_bin(alice, make_lead, binned):
    on_desk = make_lead().id

    answer = act_on(alice, [*binned[:2], on_desk], "delete", shelf="bin")

    assert "2 leads deleted for good. 1 could not be changed." in answer.text
    assert left() == {on_desk, binned[2]}
    result = alice.get(f"/w/{alice.slug}/bulk/{db.session.scalars(select(BulkAct.id)).one()}").text
    assert "does not lie in the bin any more" in result


@pytest.mark.parametrize("who", ["bob", "carol", "dave"])
def test_nobody_else_is_offered_it_nor_allowed_it(request, world, alice, binned, who):
    browser, member = request.getfixturevalue(who), getattr(world, who)
    assert "Empty the bin" not in page(browser)
    assert "Delete for good" not in browser.get(f"/w/{browser.slug}/bulk/bar?shelf=bin", hx=True).text

    assert empty(browser, page(alice)).status_code == 403
    assert act_on(browser, binned, "delete", shelf="bin").status_code == 403
    viewer = Viewer(member.user_id, member.name, member.email, member.role)
    with member.acting() as actor, pytest.raises(Forbidden):
        start_act(Request("delete", lead_ids=tuple(binned)), viewer, actor)

    assert left() == set(binned)


def test_a_manager_does_not_delete_for_good(alice, binned, world):
    shown = page(alice)
    db.session.execute(text("update memberships set role = 'manager' where user_id = :id"), {"id": world.alice.user_id})
    db.session.commit()

    assert "Empty the bin" not in page(alice)
    assert empty(alice, shown).status_code == 403
    assert left() == set(binned)


@pytest.mark.usefixtures("few")
def test_a_large_bin_is_emptied_by_the_worker_and_leaves_what_is_fetched_back(alice, world, binned, run_outbox):
    answer = empty(alice, page(alice))
    assert "Deleting leads for good" in answer.text and "0 of 3" in answer.text and "Stop</button>" in answer.text
    restore(binned[0], world.alice.actor)
    db.session.commit()

    run_outbox()

    act = db.session.scalars(select(BulkAct)).one()
    assert (act.done, act.failed, act.state) == (2, 1, "done")
    assert left() == {binned[0]}
    assert "2 leads deleted for good." in alice.get(f"/w/{alice.slug}/bulk/{act.id}", hx=True).text


@pytest.mark.usefixtures("few")
def test_stopping_keeps_what_is_left_in_the_bin(alice, binned, run_outbox):
    empty(alice, page(alice))
    turn()
    undo(alice)
    run_outbox()

    assert len(left()) == 1
    act = db.session.scalars(select(BulkAct)).one()
    shown = alice.get(f"/w/{alice.slug}/bulk/{act.id}", hx=True).text
    assert "Stopped: 2 leads deleted for good, the others are still in the bin." in shown


def test_an_empty_bin_and_a_moment_that_is_none_are_refused(alice):
    assert "Empty the bin" not in page(alice)
    assert empty(alice, "").status_code == 422
    assert alice.post(f"/w/{alice.slug}/bulk/empty-bin", data={"until": "yesterday"}, hx=True).status_code == 400
