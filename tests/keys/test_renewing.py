"""`flask keys renew`: what is written from then on is under the new key, and nobody notices but the bytes."""

import os
import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from app.config import ROOT
from app.core import keyring
from app.core.crypto import UnknownKey
from app.extensions import db
from tests.conftest import MASTER_KEYS
from tests.keys.conftest import another_process


def written_under(lead) -> int:
    """The number of the data key that sealed a lead's name."""
    blob = db.session.scalar(text("select name_sealed from contacts where id = :id"), {"id": lead.contact_id})
    return int.from_bytes(blob[1:5], "big")


def test_old_and_new_rows_stand_on_one_page(world, alice, make_lead, flask_keys) -> None:
    before = make_lead(name="Hannah Cole")
    result = flask_keys("renew", "--workspace", "wells")
    assert result.output.splitlines()[0] == "wells: data key 2"
    after = make_lead(name="Ivy Reed")
    assert (written_under(before), written_under(after)) == (1, 2)
    page = alice.get("/w/wells/leads").text
    assert "Hannah Cole" in page and "Ivy Reed" in page


def test_the_other_workspace_keeps_its_key_unless_all_are_meant(world, make_lead, flask_keys) -> None:
    flask_keys("renew", "--workspace", "wells")
    with world.mallory.acting():
        assert written_under(make_lead()) == 1
    result = flask_keys("renew", "--all")
    assert result.output.splitlines()[:2] == [
        f"{world.workspace_id}: data key 3", f"{world.other_workspace_id}: data key 2"
    ]  # fmt: skip
    with world.mallory.acting():
        assert written_under(make_lead()) == 2


@pytest.mark.parametrize("arguments", ([], ["--all", "--workspace", "wells"], ["--workspace", "nowhere"]))
def test_it_asks_whose(world, flask_keys, arguments) -> None:
    assert flask_keys("renew", *arguments).exit_code > 0
    assert keyring.cipher().key_numbers == [1]


@pytest.mark.parametrize("wrong", [2, -1])
@pytest.mark.parametrize("command", ["renew", "reseal"])
def test_with_wrong_master_keys_nothing_is_done(world, alice, make_lead, flask_keys, masters, command, wrong) -> None:
    lead = make_lead(name="Hannah Cole")
    masters(wrong)
    result = flask_keys(command, "--all")
    assert result.exit_code == 1
    for workspace_id in (world.workspace_id, world.other_workspace_id):
        assert f"{workspace_id}: its keys don't open, and nothing was done. See to MASTER_KEYS." in result.output
    masters(1)
    assert keyring.cipher().key_numbers == [1]
    assert "Hannah Cole" in alice.get(f"/w/wells/leads/{lead.id}/page").text


def test_a_process_with_the_old_keys_in_memory_opens_what_the_new_key_sealed(
    world, alice, make_lead, flask_keys, count_sql
) -> None:
    keyring.cipher()
    before = keyring._cache.copy()
    flask_keys("renew", "--workspace", "wells")
    lead = make_lead(name="Ivy Reed")
    assert written_under(lead) == 2
    with another_process(before):
        with count_sql() as statements:
            assert "Ivy Reed" in alice.get(f"/w/wells/leads/{lead.id}/page").text
        assert len([each for each in statements if "workspace_keys" in each]) == 1
        assert written_under(make_lead(name="Jo Blake")) == 2  # having looked, it seals with the new one too


def test_a_process_that_meets_nothing_new_seals_with_the_new_key_within_its_time(
    world, make_lead, flask_keys, monkeypatch
) -> None:
    keyring.cipher()
    before = keyring._cache.copy()
    flask_keys("renew", "--workspace", "wells")
    with another_process(before):
        assert written_under(make_lead()) == 1
        now = time.monotonic
        monkeypatch.setattr(keyring.time, "monotonic", lambda: now() + keyring._REREAD_SECONDS)
        assert written_under(make_lead()) == 2


def test_keys_are_not_read_again_in_work_that_holds_no_connection(world, monkeypatch, count_sql) -> None:
    keyring.cipher()
    db.session.commit()
    now = time.monotonic
    monkeypatch.setattr(keyring.time, "monotonic", lambda: now() + keyring._REREAD_SECONDS)
    with count_sql() as statements:
        keyring.cipher()
        assert statements == []
        monkeypatch.setattr(keyring.time, "monotonic", lambda: now() + 2 * keyring._REREAD_SECONDS)
        keyring.cipher()
    assert len(statements) == 1


def test_a_number_that_nobody_made_fails_without_a_storm(world, count_sql) -> None:
    here = world.workspace_id
    seal = keyring.cipher()
    blobs = [b"\x01" + number.to_bytes(4, "big") + bytes(40) for number in (0, 2, 9, 10, 99, 2**32 - 1)]
    with count_sql() as statements:
        for _ in range(50):
            for blob in blobs:
                with pytest.raises(UnknownKey):
                    seal.open(blob, "contacts", "name_sealed", here)
    assert len(statements) == 2  # for 2 and 9, once each: the others can't be keys that were made meanwhile


def test_an_older_kept_file_is_known_again_after_a_renewal(world, alice, make_lead, flask_keys) -> None:
    from tests.files.pictures import picture, send

    lead, content = make_lead(), picture()
    assert send(alice, lead, content, "front.jpg").status_code == 201
    flask_keys("renew", "--workspace", "wells")
    assert send(alice, lead, content, "front.jpg").status_code == 201
    assert db.session.scalar(text("select count(*) from files")) == 1


@pytest.mark.commits
def test_a_real_other_process_renews(app, world, alice, config, database, make_lead) -> None:
    """The command in a process of its own, while this one serves with what it has in memory."""
    before = make_lead(name="Hannah Cole")
    assert "Hannah Cole" in alice.get("/w/wells/leads").text
    environ = {
        **os.environ, "SILL_ENV": "test", "DATABASE_URL": database.url, "REDIS_URL": config.redis_url,
        "SECRET_KEY": "s" * 40, "INDEX_PEPPER": config.index_pepper, "MASTER_KEYS": MASTER_KEYS,
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "keys", "renew", "--workspace", "wells"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("wells: data key 2"), done.stderr
    with another_process():
        after = make_lead(name="Ivy Reed")
    assert (written_under(before), written_under(after)) == (1, 2)
    page = alice.get("/w/wells/leads").text
    assert "Hannah Cole" in page and "Ivy Reed" in page
