"""The drawer of a lead: what it costs, what it shows."""

from app.activities.services import add_note
from app.leads.services import stage_by_key

MOST = 8


def test_the_drawer_takes_few_statements_whatever_it_shows(alice, world, make_lead, count_sql):
    lead = make_lead(name="Hannah Cole", price_minor=2400)
    for number in range(40):
        add_note(lead, f"Note {number}", world.alice.actor)
    alice.post(f"/w/{alice.slug}/leads/{lead.id}/stage", data={"to": stage_by_key("quote_sent").id})
    url = f"/w/{alice.slug}/leads/{lead.id}"
    alice.get(url, hx=True)

    with count_sql() as statements:
        answer = alice.get(url, hx=True)

    assert answer.status_code == 200
    assert len(statements) <= MOST, "\n\n".join(statements)
