"""What is not taken: things that run, pretend, unfold or break. Nothing of them is kept."""

import io
import zipfile
from threading import Thread

import pytest
from sqlalchemy import select

from app.core.errors import Invalid
from app.extensions import db
from app.files.models import File
from app.files.services.examining import examine
from tests.files.pictures import jpeg_of_scans, office, pdf, photo_with_secrets, picture, png_bomb, send, zipped

SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
MACROS = {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}

REFUSED = {
    "nothing at all": (b"", "empty"),
    "a drawing with a script": (SVG, "scripts"),
    "a drawing behind a declaration": (b"\xef\xbb\xbf  <?xml version='1.0'?>\n<!-- x -->" + SVG, "scripts"),
    "a drawing far down in a text": (b"harmless\n" * 1000 + SVG, "scripts"),
    "a web page": (b"<!DOCTYPE html><html><body>" + SCRIPT, "scripts"),
    "a web page by its name alone": (b"Hello <IFRAME src=x>", "scripts"),
    "a web page in UTF-16": (SCRIPT.decode().encode("utf-16"), "not taken"),
    "a web page in UTF-7": (b"+ADw-script+AD4-alert(1)\x00", "not taken"),
    "a program": (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "not taken"),
    "a program of Windows": (b"MZ\x90\0" + b"\0" * 60, "not taken"),
    "an archive": (zipped({"a.txt": b"x"}), "Archives"),
    "an archive in an archive": (zipped({"inner.zip": zipped({"a": b"x"})}), "Archives"),
    "a program of Java": (zipped({"META-INF/MANIFEST.MF": b"x", "A.class": b"x"}), "Archives"),
    "a document with macros": (office(extra=MACROS), "macros"),
    "a sheet with macros of old": (office("xl/", {"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
    "a document of 2003": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "before 2007"),
    "a PDF that is a web page": (b"%PDF-1.4\n<html>" + SCRIPT + pdf(), "two kinds"),
    "a PDF that is an archive": (pdf() + zipped({"a.txt": b"x"}), "two kinds"),
    "a PDF behind something else": (b"GIF87a;" + pdf(), "damaged"),
    "a PDF that breaks off": (pdf()[:-8], "damaged"),
    "a document behind a PDF's head": (b"PK\x03\x04 %PDF-1.4" + office(), "two kinds"),
    "a document with something behind it": (office() + SCRIPT, "two kinds"),
    "a picture's head before a page": (b"\xff\xd8\xff\xe0" + SCRIPT, "damaged"),
    "a picture that breaks off": (picture(size=(1500, 1500))[:2000], "damaged"),
    "a picture of no size": (b"GIF89a\0\0\0\0\0\0\0;", "damaged"),
    "a film": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 99, "not taken"),
    "a picture of 400 megapixels": (png_bomb(20_000), "pixels"),
    "a picture of 65,000 by 65,000": (png_bomb(65_000), "pixels"),
    "a picture drawn in 5,000 steps": (jpeg_of_scans(5_000), "steps"),
}


@pytest.mark.parametrize("what", [what for what in REFUSED if what != "nothing at all"])
def test_it_is_refused_in_words(what) -> None:
    content, words = REFUSED[what]
    with pytest.raises(Invalid) as refused:
        examine(content)
    assert words in refused.value.errors["file"]


@pytest.mark.parametrize("what", ("nothing at all", "a drawing with a script", "a picture of 400 megapixels"))
def test_nothing_of_it_is_kept(app, alice, make_lead, what) -> None:
    content, words = REFUSED[what]
    before = files_in(app.config["FILES_DIR"])
    answer = send(alice, make_lead(), content, "photo.jpg")
    assert (answer.status_code, words in answer.text) == (422, True), answer.text
    assert answer.content_type == "text/plain; charset=utf-8"
    assert db.session.scalars(select(File)).all() == []
    assert files_in(app.config["FILES_DIR"]) == before


def files_in(folder) -> set[str]:
    return {str(file) for file in folder.rglob("*") if file.is_file()}


def test_a_document_that_unfolds_too_far_is_refused_without_unfolding_it() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b"\0" * 90_000)
    content = target.getvalue()
    # The list of parts says how large each becomes: 90,000 bytes here, told as 900 MB.
    content = content.replace((90_000).to_bytes(4, "little"), (900_000_000).to_bytes(4, "little"))
    with pytest.raises(Invalid, match="file") as refused:
        examine(content)
    assert "unfolds" in refused.value.errors["file"]


def test_overlapping_parts_are_refused() -> None:
    """The bomb whose parts share their bytes: each entry of the list leads to the same packed data."""
    names = {f"word/{number:03}.xml": b"x" for number in range(400)}
    content = bytearray(office(extra=names | {"word/long.xml": bytes(range(256)) * 20}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        longest = max(archive.infolist(), key=lambda entry: entry.compress_size)
        directory = archive.start_dir
    for _ in range(400):
        at = content.find(b"PK\x01\x02", directory)
        content[at + 20 : at + 24] = longest.compress_size.to_bytes(4, "little")
        directory = at + 4
    with pytest.raises(Invalid) as refused:
        examine(bytes(content))
    assert "unfolds" in refused.value.errors["file"]


def test_a_picture_of_many_steps_is_taken_and_what_a_camera_hangs_behind_it_counts_for_none() -> None:
    film = b"\xff\xda\0\x02" * 500
    assert examine(jpeg_of_scans(60, 800) + film).width == 800
    assert examine(picture(progressive=True) + film).width == 640


def test_strangers_pictures_make_nobody_else_wait() -> None:
    """Each takes a while; of the two places they have one, however many come at once."""
    slow, ended = jpeg_of_scans(90), list[str]()

    def look(who: str) -> None:
        examine(slow if who == "stranger" else picture(), is_strangers=who == "stranger")
        ended.append(who)

    strangers = [Thread(target=look, args=("stranger",)) for _ in range(3)]
    for each in strangers:
        each.start()
    look("one of us")
    look("one of us")
    for each in strangers:
        each.join()
    assert ended.index("one of us") <= 1 and ended[-1] == "stranger"


@pytest.mark.parametrize("kind", ("JPEG", "PNG", "GIF"))
def test_what_hides_behind_a_picture_is_gone_when_it_is_drawn_anew(kind) -> None:
    for extra in (SCRIPT, zipped({"a.txt": b"x"}), pdf(), b"\xff\xfe<html>"):
        kept = examine(picture(kind) + extra).content
        assert extra not in kept and b"alert(" not in kept and b"PK\x03\x04" not in kept and b"%PDF" not in kept


def test_what_hides_in_a_pictures_words_is_gone_too() -> None:
    content = photo_with_secrets().replace(b"CanaryComment", b"<script>xyz()")
    assert b"<script>" in content
    assert b"<script>" not in examine(content).content


def test_a_file_over_the_limit_is_not_even_read(alice, make_lead) -> None:
    lead = make_lead()
    answer = send(alice, lead, b"\xff\xd8\xff" + b"\0" * (20 * 1024 * 1024))
    assert answer.status_code == 413
    assert send(alice, lead, b"\0" * (20 * 1024 * 1024)).status_code == 422


def test_only_what_takes_files_takes_large_bodies(alice, make_lead) -> None:
    answer = alice.post(f"/w/wells/leads/{make_lead().id}/notes", data={"note": "x" * 2_000_000})
    assert answer.status_code == 413
    form = {"data": b"x" * 1_100_000, "content_type": "multipart/form-data; boundary=x"}
    assert alice.post(f"/w/wells/leads/{make_lead().id}/files", **form).status_code == 413


def test_a_form_from_another_website_adds_nothing(alice, make_lead) -> None:
    assert send(alice, make_lead(), picture(), csrf=False).status_code == 400
