"""Sharing a form: exact websites, the QR code, the logo."""

import io
import re
from functools import partialmethod
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from app.core.uploads import Places
from app.extensions import db
from app.files.services import examining
from app.lead_forms.views import builder
from app.workspaces.models import Logo
from tests.lead_forms.sheets import Fields, send, sheet, the_form
from tests.support.client import Client

FORMS = "/w/wells/settings/forms"


def sites(client: Client, text: str) -> int:
    form = the_form()
    data = {"allowed_origins": text, "seen": str(form.version)}
    return client.post(f"{FORMS}/{form.id}/sharing", data=data).status_code


def test_the_form_keeps_exact_sites_only(alice: Client) -> None:
    assert sites(alice, "https://www.Example.com/\nhttp://localhost:8025 https://www.example.com") == 303
    assert the_form().allowed_origins == ["https://www.example.com", "http://localhost:8025"]
    assert the_form().version_no == 1, "customers are shown the same as before"
    assert sites(alice, "https://Tŷglân.cymru") == 303
    assert the_form().allowed_origins == ["https://xn--tgln-doa50g.cymru"]
    assert sites(alice, "") == 303
    assert the_form().allowed_origins == []


@pytest.mark.parametrize(
    "origin",
    [
        "*", "https://*.example.com", "http://example.com", "example.com", "https://a.com/path", "https://a.com;script-src",
        "https://a.com,https://b.com", "javascript:alert(1)", "https://user@a.com", "https://a.com\r\nX-Bad:1",
        "'self'", "https://[::1", "https://a.com:99999", "\n".join(f"https://a{number}.com" for number in range(21)),
    ],
)  # fmt: skip
def test_sites_that_would_change_the_header_are_refused(alice: Client, origin: str) -> None:
    assert sites(alice, origin) == 422
    assert the_form().allowed_origins == []


def test_a_list_that_someone_else_changed_is_not_overwritten(alice: Client) -> None:
    form = the_form()
    data = {"allowed_origins": "https://www.example.com", "seen": str(form.version + 1)}
    assert alice.post(f"{FORMS}/{form.id}/sharing", data=data).status_code == 409


def test_who_mends_a_slip_in_the_list_still_hears_of_the_other_editor(alice: Client) -> None:
    form = the_form()
    url, seen = f"{FORMS}/{form.id}/sharing", str(form.version)
    assert sites(alice, "https://theirs.example.com") == 303
    slip = alice.post(url, data={"allowed_origins": "mine", "seen": seen})
    assert slip.status_code == 422 and f'name="seen" value="{seen}"' in slip.text
    assert alice.post(url, data={"allowed_origins": "https://mine.example.com", "seen": seen}).status_code == 409


def test_the_page_has_link_code_and_qr(alice: Client, app) -> None:
    form = the_form()
    page = alice.get(f"{FORMS}/{form.id}/sharing").text
    link = f"{app.config['PUBLIC_URL']}/q/{form.key}"
    assert link in page and f"{link}/embed.js" in page
    drawing = alice.get(f"{FORMS}/{form.id}/qr.svg")
    assert drawing.mimetype == "image/svg+xml" and b"<script" not in drawing.data
    picture = alice.get(f"{FORMS}/{form.id}/qr.png?download=1")
    assert "attachment" in picture.headers["Content-Disposition"]
    image = Image.open(io.BytesIO(picture.data))
    assert image.size[0] == image.size[1] >= 800


def picture(kind: str = "PNG", size: tuple[int, int] = (1200, 300)) -> io.BytesIO:
    target = io.BytesIO()
    Image.new("RGB", size, "#0a6").save(target, kind, **({"comment": b"secret place"} if kind == "JPEG" else {}))
    target.seek(0)
    return target


def test_a_logo_is_drawn_anew_and_shown(alice: Client, client: Client) -> None:
    form = the_form()
    typed = sheet(alice, form)
    for kind in ("JPEG", "PNG"):
        typed = sheet(alice, form)
        typed.setlist("uses_logo", ["1"])
        data = {**typed.to_dict(flat=False), "logo": (picture(kind), f"logo.{kind.lower()}")}
        assert alice.post(f"{FORMS}/{form.id}", data=data, content_type="multipart/form-data").status_code == 303
    logo = db.session.scalars(select(Logo)).one()
    assert (logo.width, logo.height) == (480, 120)
    address = re.search(r'src="(/q/[^"]+/logo\.png\?v=[0-9a-f]+)"', client.get(f"/q/{form.key}").text)
    assert address
    shown = client.get(address[1])
    assert shown.mimetype == "image/png" and shown.data.startswith(b"\x89PNG") and b"secret" not in shown.data
    assert "immutable" in shown.headers["Cache-Control"] and shown.headers.getlist("Set-Cookie") == []
    assert send(alice, form, sheet(alice, form), remove_logo="1").status_code == 303
    assert client.get(address[1]).status_code == 404


@pytest.mark.parametrize("content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4 %%EOF", b"words"])
def test_what_is_no_picture_is_refused_beside_its_field(alice: Client, content: bytes) -> None:
    form = the_form()
    data = {**sheet(alice, form).to_dict(flat=False), "thank_you": "Ta!", "logo": (io.BytesIO(content), "logo.png")}
    answer = alice.post(f"{FORMS}/{form.id}", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422 and "f-logo-error" in answer.text and "Ta!" in answer.text
    assert the_form().version_no == 1


def test_a_logo_that_was_refused_is_left_out_and_the_sheet_sent_again(alice: Client) -> None:
    form = the_form()
    typed = sheet(alice, form)
    data = {**typed.to_dict(flat=False), "thank_you": "Ta!", "logo": (io.BytesIO(b"words"), "logo.png")}
    refused = alice.post(f"{FORMS}/{form.id}", data=data, content_type="multipart/form-data")
    seen = dict(Fields(refused.text).pairs)["seen"]
    assert send(alice, form, typed, thank_you="Ta!", seen=seen).status_code == 303
    assert (the_form().thank_you, the_form().version_no) == ("Ta!", 2)


def test_no_connection_is_held_while_a_logo_is_looked_at(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture of six kilobytes may take five seconds; some dozens of them had every connection of every process."""
    held, run = [], examining.run_bare

    def watched(*given: Any, **more: Any) -> Any:
        held.append(db.session().in_transaction())
        return run(*given, **more)

    monkeypatch.setattr(examining, "run_bare", watched)
    form = the_form()
    data = {**sheet(alice, form).to_dict(flat=False), "logo": (picture("PNG"), "logo.png")}
    assert alice.post(f"{FORMS}/{form.id}", data=data, content_type="multipart/form-data").status_code == 303
    assert held == [False]


def test_of_many_logos_at_once_some_are_asked_for_again(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "_PLACES", Places(0))
    monkeypatch.setattr(Places, "take", partialmethod(Places.take, 0))
    form = the_form()
    data = {**sheet(alice, form).to_dict(flat=False), "thank_you": "Ta!", "logo": (picture("PNG"), "logo.png")}
    answer = alice.post(f"{FORMS}/{form.id}", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422 and "Too many pictures" in answer.text and "Ta!" in answer.text
    assert the_form().version_no == 1
