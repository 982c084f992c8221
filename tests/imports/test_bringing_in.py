"""From a file to leads: the dry run says what each row is, bringing in makes just that, undoing takes it back."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.activities.models import Activity
from app.contacts.models import Contact, Property
from app.core.clock import utcnow
from app.extensions import db
from app.imports import services
from app.imports.models import Import, ImportRow
from app.imports.queries import import_page, row_of_lead, rows_page
from app.imports.words import problem_words
from app.leads.models import Lead, LeadSource, SearchToken, StageChange
from app.leads.services import get_stage, put_in_bin
from app.leads.services.emptying import remove
from app.workspaces.models import Membership
from app.workspaces.queries import current_workspace
from tests.imports.tables import ANN, BOB, HEADER
from tests.support.world import World


def codes(made: Import) -> list[list[str]]:
    return [[problem["code"] for problem in row.problems] for row in rows_page(made.id).rows]


def outcomes(made: Import) -> list[str | None]:
    return [row.outcome for row in rows_page(made.id).rows]


def test_rows_become_leads_with_everything_that_stood_in_them(bring_in: Callable[..., Import]) -> None:
    made = bring_in([ANN, BOB])
    assert (made.state, made.figures["created"], made.done) == ("done", 2, 2)
    ann, bob = db.session.scalars(select(Lead).order_by(Lead.created_at)).all()
    assert (ann.contact.name, ann.contact.email, ann.contact.phone) == (
        "Mrs Ann Pike", "ann@example.com", "+447700900123",
    )  # fmt: skip
    assert ann.property.address == "12 Mill Lane, Wells, BA5 2QJ"
    assert (ann.service, ann.extras, ann.frequency) == ("window_cleaning", ["conservatory_roof"], "8_weekly")
    assert (ann.price_minor, ann.first_price_minor, ann.district) == (2450, 4800, "BA5")
    assert ann.monthly_minor > 0 and ann.created_at.date().isoformat() == "2025-11-03"
    assert ann.source_details["reference"] == "417" and get_stage(ann.stage_id).key == "quote_sent"
    assert (bob.service, bob.price_minor, get_stage(bob.stage_id).key) == (
        "gutter_clearing", 8000, "transferred_to_squeegee",
    )  # fmt: skip
    notes = db.session.scalars(select(Activity).where(Activity.kind == "note"))
    assert [note.body for note in notes] == ["Rang twice."]
    found = row_of_lead(ann.id)
    assert found is not None and found[1].position == 2 and found[1].cells == ANN
    numbers = [ann.number, bob.number]
    assert ann.first_contact_at is not None, "somebody has sent her a quote: nobody is told that she waits"
    assert len(set(numbers)) == 2 and all(number.endswith(("-001", "-002")) for number in numbers)
    assert db.session.scalar(select(func.count()).select_from(StageChange)) == 2


def test_a_source_that_is_switched_off_after_the_dry_run_stays_theirs(
    world: World, bring_in: Callable[..., Import], run_outbox: Callable[[], int]
) -> None:
    leaflet = db.session.scalars(select(LeadSource).where(LeadSource.key == "leaflet")).one()
    made = bring_in([ANN], until="checked", source_id=str(leaflet.id))
    leaflet.is_active = False
    db.session.commit()
    services.run(made.id, world.alice.actor)
    db.session.commit()
    run_outbox()
    assert db.session.scalars(select(Lead)).one().source_id == leaflet.id


def test_the_dry_run_makes_nothing_and_says_what_each_row_is(bring_in: Callable[..., Import]) -> None:
    nobody = [""] * len(HEADER)
    nobody[3] = "419"
    unclear = ["Cid Ash", "Mystery", "", "420", "no email", "07700 900555", "", "", "£20 or £25", "monthly", "soon", ""]
    made = bring_in([ANN, ANN, BOB, nobody, unclear], until="checked")
    assert made.state == "checked"
    assert {key: made.figures[key] for key in ("ready", "duplicate", "invalid")} == {
        "ready": 3, "duplicate": 1, "invalid": 1,
    }  # fmt: skip
    assert codes(made)[1] == ["same_row"] and codes(made)[3] == ["name_missing", "nothing_to_reach"]
    assert set(codes(made)[4]) == {
        "email_unreadable", "price_several", "frequency_other", "date_unreadable", "stage_unknown",
    }  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(Lead)) == 0
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 0


def test_what_can_t_be_read_stays_with_the_lead_as_written(bring_in: Callable[..., Import]) -> None:
    row = ["Cid Ash", "", "", "", "", "07700 900555", "", "", "£20 or £25", "fortnightly", "", ""]
    bring_in([row])
    lead = db.session.scalars(select(Lead)).one()
    assert lead.price_minor is None and lead.frequency is None
    assert "How often: fortnightly" in (lead.wishes or "") and "Price: £20 or £25" in (lead.wishes or "")


def test_a_price_before_the_rhythm_is_no_second_rhythm(bring_in: Callable[..., Import]) -> None:
    bring_in([["Cid Ash", "", "", "", "", "07700 900555", "", "Windows £24 8 weekly", "", "", "", ""]])
    lead = db.session.scalars(select(Lead)).one()
    assert (lead.price_minor, lead.frequency, lead.annual_minor) == (2400, "8_weekly", 15600)


def test_of_a_range_without_signs_no_end_is_taken_for_the_price(bring_in: Callable[..., Import]) -> None:
    bring_in([["Cid Ash", "", "", "", "", "07700 900555", "", "", "20-25", "8 weekly", "", ""]])
    lead = db.session.scalars(select(Lead)).one()
    assert lead.price_minor is None and "Price: 20-25" in (lead.wishes or "")


def test_who_is_still_to_be_added_to_squeegee_is_ready_for_it(bring_in: Callable[..., Import]) -> None:
    bring_in([["Cid Ash", "Won", "To be added", "", "", "07700 900555", *[""] * 6]])
    lead = db.session.scalars(select(Lead)).one()
    assert get_stage(lead.stage_id).key == "ready_for_squeegee" and lead.transferred_at is None


def test_today_is_no_day_to_come_though_its_noon_is(
    bring_in: Callable[..., Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    early = datetime.combine(utcnow(), time(9), UTC)
    monkeypatch.setattr("app.imports.services.setting.utcnow", lambda: early)
    row = ["Cid Ash", "", "", "", "", "07700 900555", "", "", "", "", f"{early:%d/%m/%Y}", ""]
    later = ["Dan Elm", "", "", "", "", "07700 900556", "", "", "", "", f"{early + timedelta(days=2):%d/%m/%Y}", ""]
    assert codes(bring_in([row, later], until="checked")) == [[], ["date_future"]]


def test_baths_are_no_bedrooms(bring_in: Callable[..., Import]) -> None:
    row = ["Cid Ash", "", "", "", "", "07700 900555", *[""] * 6, "2 bed, 4 bath"]
    bring_in([row], [*HEADER, "Bedrooms"])
    assert db.session.scalars(select(Lead)).one().bedrooms == "1-2"


def test_who_has_left_since_the_dry_run_is_given_no_leads(
    world: World, alice: Any, bring_in: Callable[..., Import], run_outbox: Callable[[], int]
) -> None:
    made = bring_in([ANN], until="checked", owner_id=str(world.bob.user_id))
    bob = db.session.scalars(select(Membership).where(Membership.user_id == world.bob.user_id)).one()
    assert alice.post(f"/w/wells/settings/members/{bob.id}/deactivate").status_code == 303
    assert alice.post(f"/w/wells/imports/{made.id}/run").status_code == 303
    run_outbox()
    db.session.expire_all()
    assert [lead.owner_id for lead in db.session.scalars(select(Lead))] == [None]


def test_a_second_import_of_the_file_brings_nothing_in_twice(bring_in: Callable[..., Import]) -> None:
    bring_in([ANN, BOB])
    changed = [*ANN[:-1], "Rang three times."]
    again = bring_in([changed, BOB])
    assert outcomes(again) == ["joined", "skipped"]
    assert codes(again) == [["reference_there"], ["frequency_blank", "seen_before"]]
    assert db.session.scalar(select(func.count()).select_from(Lead)) == 2


def test_rows_join_people_and_houses_that_are_known(
    bring_in: Callable[..., Import], make_lead: Callable[..., Lead]
) -> None:
    house = {"address_line1": "12 Mill Lane", "postcode": "BA5 2QJ"}
    known = make_lead(name="Ann Pike", email=None, phone="07700 900123", **house)
    elsewhere = ["Ann Pike", "", "", "", "ann@example.com", "07700 900123", "9 Park Road, Wells BA5 2QB", *[""] * 5]
    made = bring_in([ANN, elsewhere])
    assert outcomes(made) == ["joined", "created"]
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 1
    assert known.contact.email == "ann@example.com"
    assert {lead.property.address_line1 for lead in db.session.scalars(select(Lead))} == {"12 Mill Lane", "9 Park Road"}


def test_undoing_takes_back_what_nobody_has_touched(
    world: World, bring_in: Callable[..., Import], run_outbox: Callable[[], int]
) -> None:
    from app.activities.services import add_note

    made = bring_in([ANN, BOB, ["Cid Ash", "", "", "", "", "07700 900555", *[""] * 6]], tag="Notion")
    leads = {lead.contact.name: lead for lead in db.session.scalars(select(Lead))}
    add_note(leads["Bob Fox"], "Rang back", world.alice.actor)
    services.undo(made.id, world.alice.actor)
    db.session.commit()
    run_outbox()
    db.session.expire_all()
    made = import_page(made.id)
    assert (made.state, made.figures["undone"], made.figures["kept"]) == ("undone", 2, 1)
    assert [lead.contact.name for lead in db.session.scalars(select(Lead))] == ["Bob Fox"]
    for model in (Contact, Property):
        assert db.session.scalar(select(func.count()).select_from(model)) == 1
    assert db.session.scalar(
        select(func.count()).select_from(SearchToken).where(SearchToken.lead_id != leads["Bob Fox"].id)
    ) == 0  # fmt: skip
    assert outcomes(made) == ["undone", "kept", "undone"]
    assert [row.cells for row in rows_page(made.id).rows] == [[], BOB, []]
    again = bring_in([ANN], until="checked")
    assert again.figures["ready"] == 1


def test_undoing_leaves_what_another_file_has_joined(
    world: World, bring_in: Callable[..., Import], run_outbox: Callable[[], int]
) -> None:
    first = bring_in([ANN, BOB])
    second = bring_in([[*ANN[:-1], "Rang three times."]])
    assert outcomes(second) == ["joined"]
    services.undo(first.id, world.alice.actor)
    db.session.commit()
    run_outbox()
    db.session.expire_all()
    assert outcomes(import_page(first.id)) == ["kept", "undone"]
    assert [lead.contact.name for lead in db.session.scalars(select(Lead))] == ["Mrs Ann Pike"]
    assert rows_page(second.id).rows[0].cells[-1] == "Rang three times."


def test_what_was_deleted_for_good_can_be_brought_in_again(world: World, bring_in: Callable[..., Import]) -> None:
    bring_in([ANN])
    remove(list(db.session.scalars(select(Lead))), world.alice.actor)
    db.session.commit()
    assert outcomes(bring_in([ANN])) == ["created"]


def test_of_what_lies_in_the_bin_it_says_so(world: World, bring_in: Callable[..., Import]) -> None:
    bring_in([ANN])
    put_in_bin(db.session.scalars(select(Lead.id)).one(), world.alice.actor)
    db.session.commit()
    again = bring_in([ANN])
    assert outcomes(again) == ["skipped"]
    assert "lies in the bin" in problem_words(rows_page(again.id).rows[0].problems[-1])


def test_nothing_is_sent_planned_or_rung_unless_asked_for(
    world: World, bring_in: Callable[..., Import], mailbox: Any
) -> None:
    from app.followups.models import FollowUp
    from app.notifications.models import Notification

    workspace = current_workspace()
    workspace.sms_opens, workspace.sms_closes = time.min, time.max  # at whatever hour this is tried
    bring_in([ANN])
    assert db.session.scalar(select(func.count()).select_from(FollowUp)) == 0
    with world.alice.acting():
        assert db.session.scalars(select(Notification.kind)).all() == ["import_done"]
    assert mailbox.messages() == {"mail": [], "sms": []}
    bring_in([["Dan Elm", "New", "", "", "", "07700 900556", *[""] * 6]], begin_sequences=True)
    assert db.session.scalar(select(func.count()).select_from(FollowUp)) >= 1
    assert len(mailbox.texts("+447700900556")) == 1


def test_rows_that_became_no_lead_are_forgotten_after_some_weeks(
    world: World, bring_in: Callable[..., Import], run_outbox: Callable[[], int], make_due: Callable[..., None]
) -> None:
    made = bring_in([ANN, [*[""] * 11, "a note"]])
    assert [row.cells != [] for row in rows_page(made.id).rows] == [True, True]
    make_due("import.forget")
    run_outbox()
    assert [row.cells != [] for row in rows_page(made.id).rows] == [True, False]


def test_what_could_not_be_brought_in_can_be_downloaded(world: World, bring_in: Callable[..., Import]) -> None:
    bad = [""] * len(HEADER)
    bad[11] = "=HYPERLINK(1)"
    made = bring_in([ANN, bad])
    assert made.figures["failed"] == 1
    text = services.problem_file(made.id, world.alice.actor).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text and "There is no name" in text and "Pike" not in text
    assert db.session.scalar(select(func.count()).select_from(ImportRow).where(ImportRow.outcome == "failed")) == 1
