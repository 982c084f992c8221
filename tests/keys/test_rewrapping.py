"""`flask keys rewrap`: the app goes on with the new master key alone, and the command says when that is so."""

import pytest
from sqlalchemy import text

from app.core import keyring
from app.core.crypto import UnknownKey
from app.core.tenancy import acting_in
from app.extensions import db
from app.keys.queries import every_workspace
from app.workspaces.services import create_workspace
from tests.support.world import make_user


def test_after_it_the_new_master_key_alone_will_do(world, alice, mallory, make_lead, flask_keys, masters) -> None:
    lead = make_lead(name="Hannah Cole")
    masters(1, 2)
    assert "Hannah Cole" in alice.get(f"/w/wells/leads/{lead.id}/page").text
    result = flask_keys("rewrap")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "Wrapped 4 keys of 2 workspaces with master key 2.",
        "Every key is under master key 2: this database needs no older one.",
    ]
    assert "Hannah Cole" in alice.get(f"/w/wells/leads/{lead.id}/page").text
    masters(2)
    assert "Hannah Cole" in alice.get(f"/w/wells/leads/{lead.id}/page").text
    assert "<mark>Han</mark>nah" in alice.post("/w/wells/search", data={"q": "han"}).text  # by the index key
    assert mallory.get("/w/rival/leads").status_code == 200
    assert flask_keys("rewrap").output.startswith("Wrapped 0 keys of 0 workspaces")


def test_a_process_that_was_not_restarted_makes_work_for_a_second_call(world, flask_keys, masters) -> None:
    masters(1, 2)
    flask_keys("rewrap")
    masters(2, 1)  # a process that was not restarted yet
    erin = make_user("erin")
    with acting_in(None):
        made = create_workspace("Late & Co", "late", erin, world.alice.actor)
        db.session.commit()
    world.enter()
    masters(1, 2)
    with acting_in(None):
        assert made.id in set(every_workspace())
    assert flask_keys("rewrap").output.startswith("Wrapped 2 keys of 1 workspaces")


def test_it_says_which_master_key_lacks(world, flask_keys, masters) -> None:
    masters(3)
    result = flask_keys("rewrap")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Wrapped 0 keys of 0 workspaces with master key 3.",
        "4 don't open: MASTER_KEYS lacks master key 1 or has another under that number, or they are damaged.",
        "Master key 1 is still needed, by 4 keys.",
    ]


def test_another_key_under_the_right_number_is_no_all_clear(world, flask_keys, masters) -> None:
    masters(-1)
    result = flask_keys("rewrap")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Wrapped 0 keys of 0 workspaces with master key 1.",
        "4 don't open: MASTER_KEYS lacks master key 1 or has another under that number, or they are damaged.",
    ]


def test_it_goes_on_where_it_was_broken_off(world, flask_keys, masters, monkeypatch) -> None:
    masters(1, 2)
    whole, seen = keyring.MasterKeys.wrap, []

    def breaks(self, *arguments):
        seen.append(arguments)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return whole(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(keyring.MasterKeys, "wrap", breaks)
        assert flask_keys("rewrap").exit_code == 1
    assert flask_keys("rewrap").output.startswith("Wrapped 2 keys of 1 workspaces")
    masters(2)
    assert keyring.cipher()


def test_a_key_that_the_other_call_has_wrapped_stays_as_it_is(world, app, flask_keys, masters, monkeypatch) -> None:
    """Two at once: between reading and writing, the other one was faster."""
    masters(1, 2)
    whole = keyring.MasterKeys.wrap
    others = {}

    def the_other_is_faster(self, key, workspace_id, purpose, number):
        blob = whole(self, key, workspace_id, purpose, number)
        if not others:
            others["blob"] = blob
            db.session.execute(
                text("update workspace_keys set wrapped = :blob where workspace_id = :here and purpose = :purpose"),
                {"blob": blob, "here": workspace_id, "purpose": purpose},
            )
        return whole(self, key, workspace_id, purpose, number)

    with monkeypatch.context() as patch:
        patch.setattr(keyring.MasterKeys, "wrap", the_other_is_faster)
        assert flask_keys("rewrap").output.startswith("Wrapped 3 keys of 2 workspaces")
    assert others["blob"] in set(db.session.scalars(text("select wrapped from workspace_keys")))
    masters(2)
    assert keyring.cipher()


def test_without_the_command_the_old_one_is_needed(world, masters) -> None:
    masters(2)
    with pytest.raises(UnknownKey):
        keyring.cipher()
