"""The made-up leads that bench/run measures with: they are leads like any other."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.bench.services import PASSWORD, email_of, seed_workspace
from app.core import access_keys
from app.core.tenancy import acting_in
from app.extensions import db
from app.leads.models import Lead, StageCounter

LEADS = 60


@pytest.mark.commits
def test_made_up_leads_fill_the_list_and_the_counts(app: Flask, client: Any) -> None:
    assert seed_workspace("bench-60", LEADS, processes=1)
    assert not seed_workspace("bench-60", LEADS, processes=1)
    place = access_keys.find("slug", "bench-60")
    assert place
    with acting_in(place.workspace_id):
        assert db.session.scalar(select(func.count()).select_from(Lead)) == LEADS
        assert db.session.scalar(select(func.sum(StageCounter.leads))) == LEADS
    client.post("/login", data={"email": email_of("bench-60"), "password": PASSWORD})
    assert client.get("/w/bench-60/leads").text.count("<tr") > 50
