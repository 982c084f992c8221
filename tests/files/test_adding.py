"""Adding files: what becomes of pictures, names, the timeline, and the same file twice."""

import io
import subprocess
import sys

import pytest
from PIL import Image
from sqlalchemy import select
from structlog.testing import capture_logs

from app.activities.models import Activity
from app.config import ROOT
from app.extensions import db
from app.files.models import File
from app.files.services import MOST_FILES, examining
from app.files.services.adding import MOST_KEPT
from app.files.services.naming import clean_name
from app.notifications.models import Notification
from tests.files.pictures import drawing, office, pdf, photo_with_secrets, picture, send


def read_back(client, file_id, query="") -> Image.Image:
    return Image.open(io.BytesIO(client.get(f"/w/wells/files/{file_id}{query}").data))


def test_a_photo_is_turned_upright_made_smaller_and_loses_all_it_knew(alice, add_photo) -> None:
    content = photo_with_secrets()
    assert b"CanaryMaker" in content and b"CanaryComment" in content
    file_id = add_photo(content=content)
    kept = alice.get(f"/w/wells/files/{file_id}").data
    assert b"Canary" not in kept and b"Exif" not in kept
    image = Image.open(io.BytesIO(kept))
    assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (480, 640), {})
    red, green, blue = image.getpixel((470, 10))  # turned by a quarter: what was top left is top right
    assert red > 200 and green < 60 and blue < 60


def test_a_large_photo_fits_a_screen_and_has_a_square_thumbnail(alice, add_photo) -> None:
    file_id = add_photo(content=picture(size=(6000, 3000)))
    assert read_back(alice, file_id).size == (2560, 1280)
    thumb = read_back(alice, file_id, "/thumb")
    assert (thumb.format, thumb.size) == ("JPEG", (288, 288))
    row = db.session.get(File, (alice.workspace_id, file_id))
    assert (row.width, row.height, row.kind, row.content_type) == (2560, 1280, "photo", "image/jpeg")


@pytest.mark.parametrize(
    ("kind", "mode", "becomes"),
    [
        ("PNG", "RGBA", "PNG"), ("PNG", "P", "PNG"), ("PNG", "I;16", "PNG"), ("GIF", "P", "PNG"),
        ("WEBP", "RGB", "JPEG"), ("AVIF", "RGB", "JPEG"), ("JPEG", "CMYK", "JPEG"), ("JPEG", "L", "JPEG"),
    ],
)  # fmt: skip
def test_every_kind_of_picture_is_drawn_anew(alice, add_photo, kind, mode, becomes) -> None:
    image = read_back(alice, add_photo(content=picture(kind, mode=mode)))
    assert (image.format, image.size) == (becomes, (640, 480))


def test_an_iphones_picture_is_read_where_its_decoder_is_installed(alice, add_photo) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    target = io.BytesIO()
    pillow_heif.from_pillow(drawing()).save(target)
    assert read_back(alice, add_photo(content=target.getvalue())).format == "JPEG"


def test_documents_are_kept_as_they_came(alice, make_lead) -> None:
    lead = make_lead()
    for content, name in ((pdf(), "quote.pdf"), (office(), "letter.docx"), (b"Gate code is green\n", "gate.txt")):
        assert send(alice, lead, content, name).status_code == 201
    files = {file.name: file.id for file in db.session.scalars(select(File))}
    assert set(files) == {"quote.pdf", "letter.docx", "gate.txt"}
    assert alice.get(f"/w/wells/files/{files['quote.pdf']}").data == pdf()


def test_the_timeline_counts_what_came_together(alice, bob, make_lead, add_photo) -> None:
    lead = make_lead()
    add_photo(lead)
    add_photo(lead, picture(size=(300, 300)))
    assert send(alice, lead, pdf()).status_code == 201
    lines = db.session.scalars(select(Activity).where(Activity.kind == "file")).all()
    assert [(line.event, line.data["photos"], line.data["documents"]) for line in lines] == [("file.added", 2, 1)]
    assert "2 photos and 1 document added" in alice.get(f"/w/wells/leads/{lead.id}/timeline").text
    add_photo(lead, picture(size=(310, 300)), client=bob)
    assert len(db.session.scalars(select(Activity).where(Activity.kind == "file")).all()) == 2


def test_the_owner_of_the_lead_is_told_once_of_what_others_add(world, alice, bob, make_lead, add_photo) -> None:
    lead = make_lead(owner_id=world.bob.user_id)
    for side in (300, 301, 302):
        add_photo(lead, picture(size=(side, 300)))
    add_photo(lead, picture(size=(400, 300)), client=bob)
    with world.bob.acting():
        told = db.session.scalars(select(Notification).where(Notification.kind == "file_added")).all()
    assert [(line.user_id, line.lead_id) for line in told] == [(world.bob.user_id, lead.id)]


def test_the_same_file_sent_again_is_kept_once(alice, make_lead) -> None:
    lead, content = make_lead(), picture()
    assert [send(alice, lead, content).status_code for _ in range(3)] == [201] * 3
    assert len(db.session.scalars(select(File)).all()) == 1
    assert send(alice, make_lead(), content).status_code == 201
    assert len(db.session.scalars(select(File)).all()) == 2


def test_a_lead_takes_so_many_files_and_no_more(alice, make_lead) -> None:
    lead = make_lead()
    db.session.add_all(
        File(lead_id=lead.id, kind="photo", name="x.jpg", content_type="image/jpeg", size_bytes=1, fingerprint=b"x")
        for _ in range(MOST_FILES)
    )
    answer = send(alice, lead, picture())
    assert (answer.status_code, "is the most" in answer.text) == (422, True)
    alice.post(f"/w/wells/files/{db.session.scalars(select(File.id).limit(1)).one()}/remove")
    assert send(alice, lead, picture()).status_code == 201, "what was deleted as asked for takes no place"


def test_a_workspace_keeps_so_much_and_no_more_whoever_asks(world, alice, bob, make_lead) -> None:
    hers, his = make_lead(owner_id=world.alice.user_id), make_lead(owner_id=world.bob.user_id)
    db.session.add(
        File(
            lead_id=hers.id, kind="photo", name="x.jpg", content_type="image/jpeg", size_bytes=MOST_KEPT,
            fingerprint=b"x",
        )
    )  # fmt: skip
    answer = send(bob, his, picture())
    assert (answer.status_code, "20 GB" in answer.text) == (422, True)


def test_the_program_that_looks_at_files_finds_no_secrets(monkeypatch, tmp_path) -> None:
    """Its environment and working folder are bare; a file it can't look at is told apart from a bad one."""
    spy = tmp_path / "spy.py"
    spy.write_text("import os, sys\nsys.exit(7 if {*os.environ} <= {'PATH', 'LC_CTYPE'} and os.getcwd() == '/' else 8)")
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    monkeypatch.setattr(examining, "_PROGRAM", str(spy))
    with capture_logs() as lines, pytest.raises(examining.ExaminerFailed):
        examining.examine(picture())
    assert lines == [{"event": "file_examiner_failed", "log_level": "error", "code": 7}]


LIMITED = "import socket; import bounds as d; d.CPU_SECONDS = 1; d.bound(); d.shut()"


@pytest.mark.parametrize(
    ("act", "passes"),
    [
        ("len(b'x' * 10**6)", True), ("b'x' * 10**9", False), ("[0 for _ in iter(int, 1)]", False),
        ("open('sill-too-much', 'w')", False), ("open('/etc/passwd')", False), ("socket.socket()", False),
    ],
)  # fmt: skip
def test_the_system_ends_it_when_it_wants_too_much(tmp_path, act, passes) -> None:
    """The limits of decoding/ hold: memory, time, files and connections."""
    command, folder = [sys.executable, "-c", f"{LIMITED}; {act}"], str(ROOT / "app" / "files" / "services" / "decoding")
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": folder}, timeout=180, stderr=subprocess.DEVNULL)
    assert (done.returncode == 0) == passes


@pytest.mark.parametrize(
    ("given", "kind", "name"),
    [
        ("front.HEIC", "image/jpeg", "front.jpg"),
        ("front.jpeg", "image/jpeg", "front.jpeg"),
        ("../../etc/passwd", "image/jpeg", "passwd.jpg"),
        ("C:\\photos\\back door.PNG", "image/png", "back door.png"),
        ("invoice.pdf.exe", "application/pdf", "invoice.pdf"),
        ("\u202egpj.exe", "application/pdf", "gpj.pdf"),
        ("a\r\nSet-Cookie: x.txt", "text/plain", "a Set-Cookie x.txt"),
        ('"><script>.csv', "text/plain", "script.csv"),
        ("....", "image/jpeg", "photo.jpg"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("", "application/pdf", "document.pdf"),
        ("x" * 500 + ".jpg", "image/jpeg", "x" * 115 + ".jpg"),
        ("Küche\u0000 ☂.jpg", "image/jpeg", "Küche ☂.jpg"),
    ],
)
def test_names_are_cleaned(given, kind, name) -> None:
    assert clean_name(given, kind) == name


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("fake.jpg", b"not a picture at all", "fake.jpg holds text, kept as fake.txt."),
        ("..%2Fx.exe", b"MZ0000", "x.exe holds text, kept as x.txt."),
        ("scan.pdf", picture("PNG"), "scan.pdf holds a picture, kept as scan.png."),
        ("plan.jpg", pdf(), "plan.jpg holds a PDF, kept as plan.pdf."),
        ("front.HEIC", picture(), ""),
        ("prices.csv", b"a,b", ""),
        ("front", picture(), ""),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_told_of(alice, make_lead, name, content, said) -> None:
    answer = send(alice, make_lead(), content, name)
    assert (answer.status_code, answer.text) == (201, said)


def test_a_damaged_photo_is_refused_with_the_reason(alice, make_lead) -> None:
    for content in (picture(size=(900, 900))[:1500], b"\x89PNG\r\n\x1a\nnothing more"):
        answer = send(alice, make_lead(), content, "front.jpg")
        assert (answer.status_code, answer.text[:20]) == (422, "This file is damaged")
    assert db.session.scalars(select(File)).all() == []


def test_a_name_comes_back_as_it_was_whatever_its_letters(alice, add_photo) -> None:
    file_id = add_photo(name="K%C3%BCche%20%E2%98%82.jpg")
    disposition = alice.get(f"/w/wells/files/{file_id}?save=1").headers["Content-Disposition"]
    assert disposition.startswith("attachment;") and "K%C3%BCche%20%E2%98%82.jpg" in disposition
    lead_id = db.session.scalars(select(File.lead_id)).one()
    assert "Küche ☂.jpg" in alice.get(f"/w/wells/leads/{lead_id}/files", hx=True).text
