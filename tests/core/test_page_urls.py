"""Addresses in pages are those that Flask would build, whatever they hold."""

from uuid import uuid4

import pytest
from flask import g, url_for

from app.core.templating import page_url
from app.workspaces.queries import current_workspace

ONE, TWO = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("leads.board", {}),
        ("leads.board", {"slug": "wells"}),
        ("leads.board", {"slug": "rival"}),
        ("leads.board", {"mine": 1}),
        ("leads.list_leads", {"stage": ONE, "owner": TWO}),
        ("leads.list_leads", {"q": "100 % of ä", "stage": ONE}),
        ("leads.show", {"lead_id": ONE}),
        ("leads.show", {"lead_id": TWO, "slug": "wells"}),
        ("leads.show", {"lead_id": str(ONE)}),
        ("accounts.logout", {}),
        ("leads.show", {"lead_id": ONE, "_external": True, "_anchor": "notes"}),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/desk%20of"])
def test_as_flask_builds_them(app, world, endpoint, values, prefix) -> None:
    with app.test_request_context("/w/wells/leads", base_url=f"https://example.com{prefix}"):
        g.workspace = current_workspace()
        for _ in range(2):
            assert page_url(endpoint, **values) == url_for(endpoint, **values)
