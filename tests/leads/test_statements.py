"""How many statements a write takes, whatever the size of the workspace."""

from app.leads.services import stage_by_key

MOST = 20


def test_making_a_lead(alice, make_lead, count_sql):
    make_lead(name="One Lead")

    with count_sql() as statements:
        make_lead(name="Two Leads")

    assert len(statements) <= MOST, "\n".join(statements)


def test_moving_a_lead(alice, make_lead, count_sql):
    lead = make_lead(name="One Lead")
    contacted, new = stage_by_key("contacted").id, lead.stage_id
    alice.get(f"/w/{alice.slug}/leads/board")

    with count_sql() as statements:
        url = f"/w/{alice.slug}/leads/{lead.id}/stage"
        answer = alice.post(url, data={"to": contacted, "from": new}, headers={"Accept": "text/plain"})

    assert answer.status_code == 204
    assert len(statements) <= MOST, "\n".join(statements)
