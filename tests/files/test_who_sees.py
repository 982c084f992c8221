"""Who sees and who adds: the walls hold for files as for their leads, in the page and in the database."""

from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.core.crypto import CipherError
from app.core.errors import NotFound
from app.core.tenancy import acting_in
from app.extensions import db
from app.files import services
from app.files.models import File
from app.files.ports import blob_key, file_store
from app.files.queries import get_file
from tests.files.pictures import picture, send


def test_another_workspaces_file_is_as_absent_as_none(mallory, add_photo) -> None:
    theirs = add_photo()
    for file_id in (theirs, uuid4()):
        for path in ("", "/thumb"):
            assert mallory.get(f"/w/rival/files/{file_id}{path}").status_code == 404
            assert mallory.get(f"/w/wells/files/{file_id}{path}").status_code == 404
        for act in ("remove", "restore"):
            assert mallory.post(f"/w/rival/files/{file_id}/{act}").status_code == 404


def test_nobody_adds_to_another_workspaces_lead(mallory, make_lead) -> None:
    lead = make_lead()
    assert send(mallory, lead, picture()).status_code == 404
    assert db.session.scalars(select(File)).all() == []


def test_a_stranger_gets_the_sign_in_page(client, add_photo, world) -> None:
    file_id = add_photo()
    assert client.get(f"/w/wells/files/{file_id}").status_code == 303
    assert client.get(f"/w/wells/files/{file_id}/thumb", hx=True).status_code == 401


def test_a_salesman_sees_no_colleagues_files(world, bob, make_lead, add_photo) -> None:
    hers = make_lead(owner_id=world.alice.user_id)
    file_id = add_photo(hers)
    for path in (f"files/{file_id}", f"files/{file_id}/thumb", f"leads/{hers.id}/files"):
        assert bob.get(f"/w/wells/{path}").status_code == 404
    assert bob.post(f"/w/wells/files/{file_id}/remove").status_code == 404
    assert send(bob, hers, picture()).status_code == 404
    with world.bob.acting():
        assert db.session.scalars(select(File)).all() == []
        with pytest.raises(NotFound):
            get_file(file_id)


def test_crew_see_the_files_of_their_visits_only(carol, add_photo) -> None:
    assert carol.get(f"/w/wells/files/{add_photo()}").status_code == 404


def test_an_onlooker_looks_and_changes_nothing(world, dave, make_lead, add_photo) -> None:
    lead = make_lead()
    file_id = add_photo(lead)
    assert dave.get(f"/w/wells/files/{file_id}").status_code == 200
    gallery = dave.get(f"/w/wells/leads/{lead.id}/files")
    assert "data-pick" not in gallery.text
    assert "data-removable" not in dave.get(f"/w/wells/leads/{lead.id}/files", hx=True).text
    assert send(dave, lead, picture(size=(300, 300))).status_code == 403
    for act in ("remove", "restore"):
        assert dave.post(f"/w/wells/files/{file_id}/{act}").status_code == 403


@pytest.mark.parametrize(
    "act",
    [
        lambda lead, file_id, actor: services.add_file(lead.id, "x.jpg", picture(size=(300, 300)), actor),
        lambda lead, file_id, actor: services.remove_file(file_id, actor),
    ],
    ids=("add", "remove"),
)
def test_the_database_refuses_an_onlooker_too(world, make_lead, add_photo, act) -> None:
    lead = make_lead()
    file_id = add_photo(lead)
    with world.dave.acting() as actor, pytest.raises((DBAPIError, NotFound)), db.session.begin_nested():
        act(lead, file_id, actor)
    assert [file.removed_at for file in db.session.scalars(select(File))] == [None]


def test_the_database_refuses_an_onlookers_own_statements(world, add_photo) -> None:
    add_photo()
    with world.dave.acting():
        for statement in ("update files set removed_at = now()", "delete from files"):
            assert db.session.execute(text(statement)).rowcount == 0


def test_a_blob_moved_to_another_workspace_does_not_open(world, add_photo) -> None:
    """Mallory, who can write into the store and her own rows, still can't read Alice's photo."""
    file_id = add_photo()
    store = file_store()
    sealed, _ = store.read(blob_key(world.workspace_id, file_id, "main"), 0, 10**7)
    store.put(blob_key(world.other_workspace_id, file_id, "main"), sealed)
    with acting_in(world.other_workspace_id), pytest.raises(CipherError):
        services.open_variant(file_id, "main")


def test_nothing_readable_lies_in_the_store_or_the_row(app, world, add_photo, alice) -> None:
    content = picture(size=(500, 500))
    file_id = add_photo(content=content, name="Hannahs%20house.jpg")
    shown = alice.get(f"/w/wells/files/{file_id}").data
    for file in app.config["FILES_DIR"].rglob(f"*{file_id}*"):
        sealed = file.read_bytes()
        assert b"JFIF" not in sealed and shown[100:140] not in sealed
        assert "annah" not in str(file)
        assert file.stat().st_mode & 0o077 == 0
    row = db.session.execute(text("select files::text from files")).scalar_one()
    assert "Hannah" not in row
