"""The form on other people's websites, and nowhere else."""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from app.extensions import db
from app.lead_forms.models import LeadForm
from app.lead_forms.services import embed_snippet
from app.lead_forms.views.embedding import accent_in_oklch
from app.lead_forms.views.frame import clean_url
from app.workspaces.models import Workspace
from tests.lead_forms.conftest import Page
from tests.support.client import Client

SITE = "https://www.example.com"
EMBEDDED = f"embed=1&parent={SITE}&scheme=light"


@pytest.fixture
def listed(form: LeadForm) -> LeadForm:
    """The form, with two sites that may frame it."""
    form.allowed_origins = [SITE, "https://shop.example"]
    db.session.commit()
    return form


def ancestors(response: TestResponse) -> str:
    return response.headers["Content-Security-Policy"].partition("frame-ancestors ")[2]


def test_the_page_itself_is_never_framed(client: Client, listed: LeadForm) -> None:
    for response in (client.get(f"/q/{listed.key}"), client.get(f"/q/{listed.key}?parent={SITE}")):
        assert ancestors(response) == "'none'"
        assert response.headers["X-Frame-Options"] == "DENY"


def test_embedded_only_the_listed_sites_may_frame_it(client: Client, listed: LeadForm) -> None:
    response = client.get(
        f"/q/{listed.key}?{EMBEDDED}&landing={SITE}/page%3Fa=b&referrer=https://search.example/%3Fq=x"
    )
    page = Page(response.text)
    assert ancestors(response) == f"{SITE} https://shop.example"
    assert "X-Frame-Options" not in response.headers
    assert f'data-parent="{SITE}"' in response.text
    assert page.fields["landing_page"] == [f"{SITE}/page"]
    assert page.fields["referrer"] == ["https://search.example/"]
    assert response.headers.getlist("Set-Cookie") == []


def test_a_form_without_sites_is_framed_by_none(client: Client, form: LeadForm) -> None:
    response = client.get(f"/q/{form.key}?{EMBEDDED}")
    assert ancestors(response) == "'none'"
    assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("parent", ["https://evil.example", "*", "https://www.example.com.evil.example", "null", ""])
def test_the_height_is_told_to_a_listed_site_only(client: Client, listed: LeadForm, parent: str) -> None:
    response = client.get(f"/q/{listed.key}", query_string={"embed": "1", "parent": parent})
    assert 'data-parent=""' in response.text
    assert ancestors(response) == f"{SITE} https://shop.example"


def test_what_follows_in_the_frame_may_be_framed_too(
    send: Callable[..., TestResponse], client: Client, listed: LeadForm
) -> None:
    wrong = send(query=EMBEDDED, phone="12")
    assert wrong.status_code == 422 and ancestors(wrong).startswith(SITE)
    right = send(query=EMBEDDED)
    thanks = client.get(right.headers["Location"])
    assert thanks.status_code == 200 and ancestors(thanks).startswith(SITE)
    assert f'data-parent="{SITE}"' in thanks.text


def test_the_script_is_small_public_and_cacheable(client: Client, listed: LeadForm) -> None:
    response = client.get(f"/q/{listed.key}/embed.js")
    assert response.mimetype == "text/javascript"
    assert len(response.data) < 3000
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers.getlist("Set-Cookie") == []
    again = client.get(f"/q/{listed.key}/embed.js", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_the_theme_is_hue_and_chroma_of_the_accent(client: Client, form: LeadForm, workspace: Workspace) -> None:
    response = client.get(f"/q/{form.key}/theme.css?scheme=light")
    assert response.mimetype == "text/css"
    assert response.text == ":root{--brand-hue:203;--brand-chroma:0.080}\n:root{color-scheme:light}\n"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    workspace.accent = "red;}body{display:none"
    db.session.commit()
    assert "display" not in client.get(f"/q/{form.key}/theme.css?scheme=x").text


@pytest.mark.parametrize(
    ("colour", "hue", "chroma"), [("#ff0000", 29.2, 0.12), ("#0000ff", 264.1, 0.12), ("#808080", None, 0.0)]
)
def test_accents_are_placed_as_oklch_places_them(colour: str, hue: float | None, chroma: float) -> None:
    found = accent_in_oklch(colour)
    assert hue is None or found[0] == pytest.approx(hue, abs=0.1)
    assert found[1] == pytest.approx(chroma, abs=0.001)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://u:p@a.example:8443/b?c=d#e", "https://a.example:8443/b"), ("javascript:alert(1)", None),
        ("http://[", None), ("", None), (None, None), ("https://a.example/\x00b", "https://a.example/b"),
    ],
)  # fmt: skip
def test_addresses_lose_what_may_hold_anything(text: str | None, kept: str | None) -> None:
    assert clean_url(text) == kept


def test_the_snippet_is_one_line(form: LeadForm) -> None:
    assert embed_snippet(form, "https://sill.example") == (
        f'<script src="https://sill.example/q/{form.key}/embed.js" async></script>'
    )
