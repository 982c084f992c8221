"""Two people who act on the same leads at the same moment: both are served, one after the other."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select

from app.extensions import db
from app.leads.models import Lead
from app.leads.queries.tagging import tags_of
from tests.support.world import Member, World, add_member, browser

pytestmark = pytest.mark.commits


@pytest.fixture
def both_written_down() -> Iterator[None]:
    """Neither goes on before the other has written down, too, which leads are meant."""
    line = Barrier(2)

    def wait(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "into bulk_act_leads" in statement.lower():
            line.wait(30)

    event.listen(Engine, "after_cursor_execute", wait)
    yield
    event.remove(Engine, "after_cursor_execute", wait)


def test_neither_is_sent_away(app: Flask, world: World, make_lead: Callable[..., Any], both_written_down: None) -> None:
    leads = [make_lead(name=f"Both {number}").id for number in range(4)]
    erin = add_member(world, "erin", "manager")
    db.session.commit()
    acts = [(world.alice, "tag:new", leads), (erin, "priority:urgent", leads[::-1])]

    def act_on(asked: tuple[Member, str, list[Any]]) -> int:
        member, act, ids = asked
        sent = {"act": act, "leads": ",".join(map(str, ids)), "tag": "corner"}
        with app.app_context():
            person = browser(app, member)
            return person.post(f"/w/{person.slug}/bulk", data=sent, hx=True).status_code

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(act_on, acts)) == [200, 200]
    found = list(db.session.scalars(select(Lead).where(Lead.id.in_(leads))))
    assert {lead.priority for lead in found} == {"urgent"}
    assert [[tag.name for tag in tags] for tags in tags_of(leads).values()] == [["corner"]] * 4
