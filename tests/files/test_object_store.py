"""A bucket that speaks S3, as a process of its own that checks every signature."""

import pytest
from sqlalchemy import select

from app.config import ConfigError, load_config
from app.core.ids import new_id
from app.extensions import db
from app.files import jobs
from app.files.models import File
from app.files.ports import BlobMissing, StoreUnavailable, _make, blob_key, file_store
from app.files.ports.disk import DiskStore
from app.files.ports.s3 import Bucket, S3Store
from tests.files.conftest import BUCKET, KEY_ID, SECRET
from tests.files.pictures import pdf, picture, send

DAY = 86_400


def test_a_photo_goes_in_and_comes_out_whole_and_in_parts(alice, add_photo, bucket) -> None:
    file_id = add_photo(content=picture("PNG", size=(900, 700)))
    assert bucket.keys() == [blob_key(alice.workspace_id, file_id, variant) for variant in ("main", "thumb")]
    whole = alice.get(f"/w/wells/files/{file_id}").data
    assert whole.startswith(b"\x89PNG")
    part = alice.get(f"/w/wells/files/{file_id}", headers={"Range": "bytes=100-299"})
    assert (part.status_code, part.data) == (206, whole[100:300])
    assert alice.get(f"/w/wells/files/{file_id}/thumb").data.startswith(b"\xff\xd8\xff")


def test_a_large_document_is_fetched_a_megabyte_at_a_time(alice, make_lead, bucket) -> None:
    content = pdf(b"%" + b"0123456789abcdef" * 200_000)
    send(alice, make_lead(), content)
    url = f"/w/wells/files/{db.session.scalars(select(File.id)).one()}"
    before = bucket.state()["counts"].get("GET", 0)
    assert alice.get(url).data == content
    assert bucket.state()["counts"]["GET"] - before == 4
    assert alice.get(url, headers={"Range": "bytes=3000000-3000015"}).data == content[3_000_000:3_000_016]


@pytest.mark.parametrize("fault", ({"status_500": 1}, {"cut": 1}, {"status_503_kept": 1}))
def test_a_passing_fault_is_tried_again(alice, add_photo, bucket, fault) -> None:
    bucket.switch(**{name: {"times": times, "step": "PUT"} for name, times in fault.items()})
    file_id = add_photo()
    assert len(bucket.keys()) == 2
    bucket.switch(**{name: {"times": times, "step": "GET"} for name, times in fault.items()})
    assert alice.get(f"/w/wells/files/{file_id}").status_code == 200


def test_a_bucket_that_is_down_leaves_no_row_and_what_it_kept_is_swept(alice, make_lead, bucket) -> None:
    bucket.switch(status_503_kept={"step": "PUT"})
    lead = make_lead()
    assert send(alice, lead, picture()).status_code == 503
    assert db.session.scalars(select(File)).all() == []
    bucket.switch(all=False)
    assert len(bucket.keys()) == 1
    assert send(alice, lead, picture()).status_code == 201
    assert (jobs.sweep(), len(bucket.keys())) == (0, 3)
    bucket.age(DAY + 60)
    assert (jobs.sweep(), len(bucket.keys())) == (1, 2)


def test_a_file_is_not_shown_while_the_bucket_is_down_and_is_when_it_is_back(alice, add_photo, bucket) -> None:
    file_id = add_photo()
    bucket.switch(status_500={"step": "GET"})
    assert alice.get(f"/w/wells/files/{file_id}").status_code == 503
    bucket.switch(all=False)
    assert alice.get(f"/w/wells/files/{file_id}").status_code == 200


def test_erasing_takes_it_out_of_the_bucket(alice, add_photo, bucket, make_due, run_outbox) -> None:
    alice.post(f"/w/wells/files/{add_photo()}/remove")
    make_due("file.erase")
    bucket.switch(status_500={"step": "DELETE"})
    run_outbox()
    assert (db.session.scalars(select(File)).all(), len(bucket.keys())) == ([], 2)
    bucket.switch(all=False)
    bucket.age(DAY + 60)
    assert (jobs.sweep(), bucket.keys()) == (2, [])


def test_the_list_goes_on_after_a_key(app, bucket) -> None:
    workspace_id = new_id()
    keys = sorted(blob_key(workspace_id, new_id(), "main") for _ in range(7))
    store = file_store()
    for key in keys:
        store.put(key, b"x")
    assert [stored.key for stored in store.listed("", 3)] == keys[:3]
    assert [stored.key for stored in store.listed(keys[2], 100)] == keys[3:]
    assert store.listed(keys[-1], 100) == []


@pytest.mark.parametrize(
    ("change", "code"), [({"secret": "wrong"}, "s3_403"), ({"key_id": "other"}, "s3_403"), ({"name": "none"}, "s3_404")]
)
def test_wrong_credentials_are_a_plain_fault(bucket, change, code) -> None:
    place = {"endpoint": bucket.url, "region": "eu-west-2", "name": BUCKET, "key_id": KEY_ID, "secret": SECRET} | change
    store = S3Store(Bucket(**place))
    with pytest.raises(StoreUnavailable, match=code):
        store.put(blob_key(new_id(), new_id(), "main"), b"x")
    assert "wrong" not in repr(Bucket(**place))


@pytest.mark.parametrize("kind", ("disk", "s3"))
def test_both_places_keep_the_same_promises(app, bucket, tmp_path, kind) -> None:
    store = DiskStore(tmp_path / "f") if kind == "disk" else file_store()
    key = blob_key(new_id(), new_id(), "main")
    with pytest.raises(BlobMissing):
        store.read(key, 0, 10)
    store.delete(key)
    store.put(key, b"first, a longer one")
    store.put(key, b"0123456789")
    assert store.read(key, 2, 3) == (b"234", 10)
    assert store.read(key, 8, 100) == (b"89", 10)
    assert [stored.key for stored in store.listed("", 10)] == [key]
    store.delete(key)
    assert store.listed("", 10) == []


def test_no_key_leaves_the_folder(tmp_path) -> None:
    store = DiskStore(tmp_path / "files")
    for key in ("../x", "/etc/passwd", f"{new_id()}/00/../../x.main", f"{new_id()}/zz/{new_id()}.main", "", "a\0b"):
        for act in (lambda key=key: store.put(key, b"x"), lambda key=key: store.read(key, 0, 1)):
            with pytest.raises(ValueError, match="not a key"):
                act()


BASE = {
    "SILL_ENV": "test", "DATABASE_URL": "postgresql://x@127.0.0.1/x", "REDIS_URL": "redis://127.0.0.1/0",
    "SECRET_KEY": "s" * 40, "INDEX_PEPPER": "p" * 40, "MASTER_KEYS": "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
}  # fmt: skip
S3 = {
    "FILE_STORE": "s3", "S3_ENDPOINT": "https://s3.eu-west-2.amazonaws.com/", "S3_REGION": "eu-west-2",
    "S3_BUCKET": "sill", "S3_ACCESS_KEY_ID": "AKID", "S3_SECRET_ACCESS_KEY": "a secret",
}  # fmt: skip


def test_the_settings_choose_the_place(tmp_path) -> None:
    base = BASE | {"SILL_VAR_DIR": str(tmp_path)}
    assert load_config(base).files_dir == tmp_path / "files"
    assert isinstance(_make(load_config(base)), DiskStore)
    chosen = load_config(base | S3)
    assert isinstance(_make(chosen), S3Store)
    assert "a secret" not in repr(chosen) and "a secret" not in str(chosen.as_flask_settings())
    with pytest.raises(ConfigError, match="FILE_STORE must be disk or s3"):
        load_config(base | {"FILE_STORE": "tape"})
    for name in set(S3) - {"FILE_STORE", "S3_REGION"}:
        with pytest.raises(ConfigError, match=f"^{name} is not set"):
            load_config(base | S3 | {name: ""})
