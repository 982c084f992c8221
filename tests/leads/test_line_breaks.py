"""Without scripts a browser writes line breaks in its own way, which is no change of a fact by anybody."""

from html import unescape
from re import search

from sqlalchemy import func, select

from app.activities.models import Activity
from app.extensions import db
from app.leads.services import get_lead


def test_a_fact_of_several_lines_that_is_sent_as_it_was_stays_unchanged(alice, make_lead):
    lead = make_lead(name="Hannah Cole", wishes="Ring first.\nMind the dog.")
    before = db.session.scalar(select(func.count()).select_from(Activity))
    address = f"/w/{alice.slug}/leads/{lead.id}/facts/wishes"
    was = search(r'name="was" value="([^"]*)"', alice.get(address).text)
    assert was is not None and unescape(was[1]) == "Ring first.\nMind the dog."
    sent = {"value": "Ring first.\r\nMind the dog.", "was": "Ring first.\r\nMind the dog."}
    assert alice.post(address, data=sent).status_code == 303
    db.session.expire_all()
    assert get_lead(lead.id).wishes == "Ring first.\nMind the dog."
    assert db.session.scalar(select(func.count()).select_from(Activity)) == before
    changed = alice.post(address, data={**sent, "value": "Ring first.\r\nThe dog is gone."})
    assert changed.status_code == 303, "nobody else has changed it meanwhile"
    db.session.expire_all()
    assert get_lead(lead.id).wishes == "Ring first.\nThe dog is gone."
