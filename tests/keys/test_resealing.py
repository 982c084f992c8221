"""`flask keys reseal`: nothing is left under the old key, nothing is lost, and nobody is told."""

import io
import threading

import pytest
from PIL import Image
from sqlalchemy import select, text

from app.contacts.models import Contact
from app.core import keyring
from app.core.tenancy import acting_in
from app.extensions import db
from app.keys.services import rows
from app.leads.models import SavedView
from app.leads.queries.filtering import open_words, seal_words
from app.leads.services.saved_views import save_view
from app.workspaces.demo import build_demo
from tests.files.pictures import send
from tests.keys.conftest import another_process, places_under_the_first_key

#: What may stay under an older key: the audit log takes no changes.
STAYS = {"audit_entries.before_sealed", "audit_entries.after_sealed"}


def renew_and_reseal(flask_keys, slug: str = "wells"):
    assert flask_keys("renew", "--workspace", slug).exit_code == 0
    return flask_keys("reseal", "--workspace", slug)


def everything_but(*kept: str) -> dict[str, list]:
    """Each row of the workspace's tables without the columns named, to compare before and after."""
    tables = db.session.scalars(
        text("select table_name from information_schema.columns where column_name = 'workspace_id'")
    ).all()
    minus = " ".join(f"- '{name}'" for name in kept)
    found = {}
    for table in tables:
        if table not in ("workspace_keys",):
            query = text(f"select (to_jsonb(t) {minus})::text from {table} t where workspace_id = :here order by 1")
            found[table] = db.session.scalars(query, {"here": keyring.current_workspace_id()}).all()
    return found


def test_nothing_of_a_full_workspace_is_left_under_the_old_key(app, client, flask_keys) -> None:
    """The demo has something in nearly every table. Its other columns, times and versions stay as they are."""
    build_demo()
    db.session.commit()
    here, owner = db.session.execute(text("select workspace_id, user_id from memberships where role = 'owner'")).one()
    with acting_in(here):
        db.session.add(SavedView(user_id=owner, name="Mill", query=[["words", seal_words("Mill")], ["late", "yes"]]))
        db.session.commit()
        before = places_under_the_first_key(here)
        assert len(before) > 15 and {"saved_views.query", "audit_entries.after_sealed"} < before
        slug = db.session.scalar(text("select slug from workspaces"))
        sealed = {name.partition(".")[2] for name in before}
        rest = everything_but(*sealed, "catalogue_version")
        result = renew_and_reseal(flask_keys, slug)
        assert result.exit_code == 0, result.output
        assert places_under_the_first_key(here) == before & STAYS
        assert everything_but(*sealed, "catalogue_version") == rest
        (view,) = db.session.scalars(select(SavedView)).all()
        assert (open_words(view.query[0][1]), view.query[1], view.version) == ("Mill", ["late", "yes"], 1)
        again = flask_keys("reseal", "--workspace", slug)
        assert again.output.startswith("Sealed 0 values and 0 files anew")


def test_pages_open_after_it_and_the_other_workspace_is_untouched(
    world, alice, mallory, make_lead, flask_keys
) -> None:
    lead = make_lead(name="Hannah Cole")
    with world.mallory.acting() as actor:
        rivals_id = make_lead(actor, name="Ivy Reed").id
        before = db.session.scalars(text("select name_sealed from contacts")).all()
    # A step of the way there: both keys have sealed something that this page shows.
    flask_keys("renew", "--workspace", "wells")
    assert alice.post(f"/w/wells/leads/{lead.id}/notes", data={"note": "Rings twice"}).status_code < 400
    result = flask_keys("reseal", "--workspace", "wells")
    assert (result.exit_code, "values and 0 files anew in 1 workspaces." in result.output) == (0, True)
    page = alice.get(f"/w/wells/leads/{lead.id}/page").text
    assert "Hannah Cole" in page and "Rings twice" in page
    assert "Ivy Reed" in mallory.get(f"/w/rival/leads/{rivals_id}/page").text
    with world.mallory.acting():
        assert db.session.scalars(text("select name_sealed from contacts")).all() == before


def test_a_process_with_the_old_keys_in_memory_goes_on(world, alice, make_lead, flask_keys) -> None:
    lead = make_lead(name="Hannah Cole")
    keyring.cipher()
    before = keyring._cache.copy()
    renew_and_reseal(flask_keys)
    with another_process(before):
        assert "Hannah Cole" in alice.get(f"/w/wells/leads/{lead.id}/page").text


def test_with_one_key_there_is_nothing_to_do(world, make_lead, flask_keys) -> None:
    make_lead()
    assert flask_keys("reseal", "--all").output == "Sealed 0 values and 0 files anew in 0 workspaces.\n"


def test_broken_off_it_goes_on(world, make_lead, flask_keys, monkeypatch) -> None:
    for _ in range(5):
        make_lead()
    flask_keys("renew", "--workspace", "wells")
    monkeypatch.setattr(rows, "_MOST_ROWS", 2)
    whole, seen = rows._update, []

    def breaks(*arguments):
        seen.append(arguments)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return whole(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(rows, "_update", breaks)
        assert flask_keys("reseal", "--workspace", "wells").exit_code == 1
    assert places_under_the_first_key(world.workspace_id) - STAYS
    assert flask_keys("reseal", "--workspace", "wells").exit_code == 0
    assert places_under_the_first_key(world.workspace_id) <= STAYS


def test_what_does_not_open_is_said_and_left(world, make_lead, flask_keys) -> None:
    lead, other = make_lead(name="Hannah Cole"), make_lead(name="Ivy Reed")
    move = "update contacts set name_sealed = (select name_sealed from contacts where id = :a) where id = :b"
    db.session.execute(text(move), {"a": other.contact_id, "b": lead.contact_id})
    result = renew_and_reseal(flask_keys)
    assert result.exit_code == 1
    assert result.output.splitlines()[-1] == "wells: 1 in contacts.name_sealed don't open, and were left as they are."
    assert places_under_the_first_key(world.workspace_id) - STAYS == {"contacts.name_sealed"}


def test_files_and_who_reads_one_meanwhile(world, alice, make_lead, flask_keys) -> None:
    lead, noise = make_lead(), io.BytesIO()
    Image.effect_noise((2400, 2400), 90).save(noise, "JPEG", quality=95)
    assert send(alice, lead, noise.getvalue(), "front.jpg").status_code == 201
    file_id = db.session.scalar(text("select id from files"))
    whole = alice.get(f"/w/wells/files/{file_id}").data
    download = alice.get(f"/w/wells/files/{file_id}", buffered=False)
    pieces = iter(download.response)
    begun = next(pieces)
    assert len(whole) > 2 * 1024**2 > len(begun)  # more than is fetched at once
    result = renew_and_reseal(flask_keys)
    assert "and 2 files anew" in result.output  # it and its thumbnail
    assert begun + b"".join(pieces) == whole == alice.get(f"/w/wells/files/{file_id}").data
    assert "and 0 files anew" in flask_keys("reseal", "--workspace", "wells").output


@pytest.mark.commits
def test_no_change_made_meanwhile_is_lost(app, world, make_lead, flask_keys, monkeypatch) -> None:
    """One person holds a row and changes it while it is passed over; another changes one between looking and taking."""
    held, changed = make_lead(name="Hannah Cole"), make_lead(name="Ivy Reed")
    flask_keys("renew", "--workspace", "wells")
    holds, may_go = threading.Event(), threading.Event()

    def change(contact_id, name, wait) -> None:
        with app.app_context(), acting_in(world.workspace_id):
            contact = db.session.get(Contact, (world.workspace_id, contact_id), with_for_update=True)
            contact.name = name
            db.session.flush()
            if wait:
                holds.set()
                assert may_go.wait(30)
            db.session.commit()

    holder = threading.Thread(target=change, args=(held.contact_id, "Hannah Brook", True))
    holder.start()
    assert holds.wait(30)
    whole, rounds = rows._held_rows, []

    def between(table, columns, ids):
        if table.name == "contacts":
            rounds.append(ids)
            if len(rounds) == 1:
                other = threading.Thread(target=change, args=(changed.contact_id, "Ivy Brook", False))
                other.start()
                other.join(30)
            if len(rounds) == 2:
                may_go.set()
                holder.join(30)
        return whole(table, columns, ids)

    monkeypatch.setattr(rows, "_held_rows", between)
    result = flask_keys("reseal", "--workspace", "wells")
    assert result.exit_code == 0, result.output
    db.session.expire_all()
    assert {contact.name for contact in db.session.scalars(select(Contact))} == {"Hannah Brook", "Ivy Brook"}
    assert places_under_the_first_key(world.workspace_id) <= STAYS


def test_views_are_everybodys(world, bob, make_lead, flask_keys) -> None:
    with world.bob.acting() as actor:
        view_id = save_view("Mine", [["words", seal_words("Mill")]], actor).id
        db.session.commit()
    renew_and_reseal(flask_keys)
    shown = bob.get(bob.get(f"/w/wells/leads?view={view_id}").location)
    assert (shown.status_code, "“Mill”" in shown.text) == (200, True)
    assert places_under_the_first_key(world.workspace_id) <= STAYS
