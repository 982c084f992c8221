"""Every role on every address of the desk: refused exactly where the declared permission is not the role's."""

import os
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.permissions import ROLES
from app.extensions import db
from tests.isolation.records import FIELDS, make_members, method_of, workspace_rules
from tests.support.world import World

STREAMS = ("live.events",)
GOLDEN = Path(__file__).parent / "permissions.txt"


def matrix(app: Flask) -> str:
    """A line for each address: what it needs, and who has it."""
    lines = []
    for rule in workspace_rules(app):
        needed = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        allowed = " ".join(role for role, granted in ROLES.items() if needed in granted)
        lines.append(f"{method_of(rule):6} {rule.rule.removeprefix('/w/<slug>'):62} {needed:20} {allowed}")
    return "\n".join(lines) + "\n"


def test_who_may_do_what_changes_only_on_purpose(app: Flask) -> None:
    """`SILL_GOLDEN=write` writes the file anew; its difference then shows in the commit."""
    if os.environ.get("SILL_GOLDEN") == "write":
        GOLDEN.write_text(matrix(app))
    assert matrix(app) == GOLDEN.read_text()


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_refused_exactly_what_it_is_not_granted(app: Flask, world: World, sign_in, role: str) -> None:
    browser = sign_in(make_members(world)[role])
    wrong = []
    for rule in workspace_rules(app):
        needed = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        if rule.endpoint in STREAMS and needed in ROLES[role]:
            continue  # it would go on for ever
        values = {name: FIELDS.get(name, uuid4()) for name in rule.arguments} | {"slug": "wells"}
        built = rule.build(values, append_unknown=False)
        assert built
        answer = browser.open(built[1], method=method_of(rule))
        if (answer.status_code == 403) != (needed not in ROLES[role]):
            wrong.append((method_of(rule), rule.rule, needed, answer.status_code))
    assert wrong == []


def test_a_role_that_is_taken_away_counts_at_once(app: Flask, world: World, bob) -> None:
    assert bob.get("/w/wells/leads/board").status_code == 200
    db.session.execute(text("update memberships set role = 'crew' where user_id = :id"), {"id": world.bob.user_id})
    assert bob.get("/w/wells/leads/new").status_code == 403
    db.session.execute(
        text("update memberships set deactivated_at = now() where user_id = :id"), {"id": world.bob.user_id}
    )
    assert bob.get("/w/wells/leads/board").status_code == 404
