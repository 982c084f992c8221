"""Giving files out: nothing in one can run, parts can be asked for, and what was tampered with is not shown."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.files.models import File
from app.files.ports import blob_key, file_store
from tests.files.pictures import office, pdf, picture, send


@pytest.fixture
def document(alice, make_lead) -> tuple[str, bytes]:
    """A PDF of several chunks on a lead: its address and what is in it."""
    content = pdf(b"%" + bytes(range(65, 91)) * 10_000)
    assert send(alice, make_lead(), content, "quote.pdf").status_code == 201
    return f"/w/wells/files/{db.session.scalars(select(File.id)).one()}", content


def test_nothing_in_a_file_can_run_wherever_it_is_opened(alice, make_lead, add_photo) -> None:
    lead = make_lead()
    for content, name in ((pdf(), "x.pdf"), (office(), "x.docx"), (b"just words", "x.html")):
        assert send(alice, lead, content, name).status_code == 201
    add_photo(lead)
    for file in db.session.scalars(select(File)).all():
        for variant in ("", "?save=1", *(("/thumb",) if file.kind == "photo" else ())):
            headers = alice.get(f"/w/wells/files/{file.id}{variant}").headers
            assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Cache-Control"] == "no-store"
            is_shown = file.kind == "photo" and variant != "?save=1"
            assert headers["Content-Disposition"].split(";")[0] == ("inline" if is_shown else "attachment")
            assert headers["Content-Type"].split(";")[0] not in ("text/html", "image/svg+xml", "application/xml")


def test_text_with_the_name_of_a_page_is_saved_as_text(alice, make_lead) -> None:
    send(alice, make_lead(), b"just words", "page.html")
    headers = alice.get(f"/w/wells/files/{db.session.scalars(select(File.id)).one()}").headers
    assert headers["Content-Type"].startswith("text/plain")
    assert "page.txt" in headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1), ("bytes=0-99", 0, 100), ("bytes=65530-65545", 65530, 65546), ("bytes=-17", -17, None),
        ("bytes=131072-", 131_072, None), ("bytes=65536-131071", 65_536, 131_072),
        ("bytes=200000-999999999", 200_000, None),
    ],
)  # fmt: skip
def test_a_part_can_be_asked_for(alice, document, asked, start, end) -> None:
    url, content = document
    answer = alice.get(url, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (206, content[start:end])
    assert answer.headers["Content-Range"].endswith(f"/{len(content)}")
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_a_part_beyond_the_end_does_not_exist(alice, document) -> None:
    url, content = document
    assert alice.get(url, headers={"Range": f"bytes={len(content)}-"}).status_code == 416


@pytest.mark.parametrize("asked", ("bytes=0-1,5-9", "lines=1-2", "bytes=9-1", "bytes=x-", ""))
def test_a_range_that_is_none_gets_all_of_it_or_a_refusal(alice, document, asked) -> None:
    url, content = document
    answer = alice.get(url, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (200, content) or answer.status_code == 416


def test_a_part_of_another_version_is_sent_whole(alice, document) -> None:
    url, content = document
    headers = {"Range": "bytes=0-9", "If-Range": '"another"'}
    assert alice.get(url, headers=headers).data == content
    headers["If-Range"] = alice.get(url).headers["ETag"]
    assert alice.get(url, headers=headers).data == content[:10]


def test_the_head_alone_can_be_asked_for(alice, document) -> None:
    url, content = document
    answer = alice.head(url)
    assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", str(len(content)))


def test_a_document_has_no_thumbnail(alice, document) -> None:
    assert alice.get(f"{document[0]}/thumb").status_code == 404


def test_bytes_that_were_tampered_with_cut_short_or_swapped_are_not_shown(alice, add_photo) -> None:
    one, other = add_photo(), add_photo(content=picture(size=(200, 200)))
    store = file_store()
    keys = [blob_key(alice.workspace_id, each, "main") for each in (one, other)]
    mine, others = (store.read(key, 0, 10**6)[0] for key in keys)
    thumb = store.read(blob_key(alice.workspace_id, one, "thumb"), 0, 10**6)[0]
    for wrong in (others, thumb, mine[:-1], mine[: len(mine) // 2], mine[:40], b"", mine[:-1] + bytes([mine[-1] ^ 1])):
        store.put(keys[0], wrong)
        assert alice.get(f"/w/wells/files/{one}").status_code == 500
    store.put(keys[0], mine)
    assert alice.get(f"/w/wells/files/{one}").status_code == 200


def test_a_file_whose_bytes_are_gone_says_so(alice, add_photo) -> None:
    file_id = add_photo()
    file_store().delete(blob_key(alice.workspace_id, file_id, "main"))
    assert alice.get(f"/w/wells/files/{file_id}").status_code == 500
    assert alice.get(f"/w/wells/files/{file_id}/thumb").status_code == 200


def test_the_gallery_is_read_in_few_statements_however_many_there_are(alice, make_lead, count_sql) -> None:
    lead = make_lead()
    alice.get(f"/w/wells/leads/{lead.id}/files", hx=True)  # the workspace's keys are read once a process
    counts = []
    for _ in range(2):
        db.session.add_all(
            File(lead_id=lead.id, kind="photo", name="x.jpg", content_type="image/jpeg", size_bytes=1, fingerprint=b"x")
            for _ in range(90)
        )
        with count_sql() as statements:
            answer = alice.get(f"/w/wells/leads/{lead.id}/files", hx=True)
        counts.append(len(statements))
        assert answer.text.count("data-shot") == 24
    assert counts[0] == counts[1] <= 8
    assert "Show 156 more" in answer.text
    everything = alice.get(f"/w/wells/leads/{lead.id}/files?all=1", hx=True)
    assert everything.text.count("data-shot") == 180
