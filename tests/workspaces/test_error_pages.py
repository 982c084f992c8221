"""Errors within a workspace: its members keep the sidebar and the search; nobody else learns that it is there."""

import re
from uuid import uuid4

import pytest

from app.core import problems


def _bare(answer):
    """The page without its number and its nonce."""
    nonce = re.search(r"'nonce-([^']+)'", answer.headers.get("Content-Security-Policy", ""))
    text = answer.text.replace(answer.headers.get("X-Request-Id", "~"), "~")
    return text.replace(nonce[1], "~") if nonce else text


@pytest.mark.parametrize("address", ["leads/{}/page", "laeds", "settings/nothing/{}"])
def test_a_member_keeps_the_desk_around_a_404(alice, address):
    answer = alice.get(f"/w/{alice.slug}/{address.format(uuid4())}")

    assert answer.status_code == 404
    assert 'id="nav"' in answer.text and f"/w/{alice.slug}/search" in answer.text
    assert "Back to the board" in answer.text


def test_what_ones_role_forbids_says_so_within_the_desk(carol):
    answer = carol.get(f"/w/{carol.slug}/leads/new")

    assert answer.status_code == 403 and 'id="nav"' in answer.text and "Your role does not allow it" in answer.text


@pytest.mark.parametrize("rest", ["leads/board", "laeds"])
def test_a_stranger_gets_the_page_of_no_workspace_at_all(mallory, client, world, rest):
    theirs, nobodys = (mallory.get(f"/w/{slug}/{rest}") for slug in (world.slug, "nobody-has-this"))

    assert theirs.status_code == nobodys.status_code == 404
    assert _bare(theirs) == _bare(nobodys) and 'id="nav"' not in theirs.text
    assert 'id="nav"' not in client.get(f"/w/{world.slug}/laeds").text


def test_an_error_page_that_cannot_be_framed_is_bare(alice, monkeypatch):
    monkeypatch.setattr(problems, "_IN_DESK", "layouts/not_there.html")

    answer = alice.get(f"/w/{alice.slug}/leads/{uuid4()}/page")

    assert answer.status_code == 404 and "There is nothing here" in answer.text and 'id="nav"' not in answer.text
