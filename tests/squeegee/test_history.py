"""The history of transfers: narrowed by its address, a page at a time, and acts on several."""

import re
from datetime import timedelta
from typing import Any

import pytest

from app.core.clock import utcnow
from app.extensions import db
from app.squeegee.models import Transfer
from app.squeegee.queries import TransferFilter, history, standings
from app.squeegee.services import enter_by_hand
from tests.squeegee.desk import Desk, fresh

URL = "/w/wells/squeegee/transfers"


def stopped(lead: Any, actor: Any, state: str = "failed", **other: Any) -> Transfer:
    """A transfer that stands so, as the worker would have left it."""
    transfer = Transfer(lead_id=lead.id, method="api", state=state, created_by=actor.user_id, **other)
    db.session.add(transfer)
    db.session.commit()
    return transfer


@pytest.fixture
def several(desk: Desk, world: Any, ready_lead: Any) -> dict[str, Transfer]:
    """One of each that a filter could tell apart."""
    with world.bob.acting() as bob:
        by_bob = stopped(ready_lead(name="Bess Bobson"), bob, "partial", customer_id="c-1", error="server_error")
    old = stopped(ready_lead(name="Olga Oldfield"), desk.actor, "cancelled", created_at=utcnow() - timedelta(days=40))
    sheet = enter_by_hand(ready_lead(name="Sid Sheetley").id, "C-77", desk.actor)
    failed = stopped(ready_lead(name="Fay Failing"), desk.actor, error="refused")
    db.session.commit()
    return {"Bess Bobson": by_bob, "Olga Oldfield": old, "Sid Sheetley": sheet, "Fay Failing": failed}


def names(page: str) -> list[str]:
    return re.findall(r'class="row-link" href="[^"]+">([^<]+)<', page)


def test_each_filter_leaves_the_rest_out(desk: Desk, several: dict[str, Transfer], alice: Any, bob: Any) -> None:
    today, month_ago = utcnow().date(), utcnow().date() - timedelta(days=30)
    assert names(alice.get(URL).text) == ["Fay Failing", "Sid Sheetley", "Bess Bobson", "Olga Oldfield"]
    for query, expected in {
        "status=failed": ["Fay Failing"],
        "status=partial": ["Bess Bobson"],
        "status=success": ["Sid Sheetley"],
        "method=copy_sheet": ["Sid Sheetley"],
        f"by={bob.user_id}": ["Bess Bobson"],
        f"from={month_ago}": ["Fay Failing", "Sid Sheetley", "Bess Bobson"],
        f"to={month_ago}": ["Olga Oldfield"],
        f"from={today}&method=api&status=failed": ["Fay Failing"],
        f"lead={several['Bess Bobson'].lead_id}": ["Bess Bobson"],
        "status=nonsense&by=x&from=soon": ["Fay Failing", "Sid Sheetley", "Bess Bobson", "Olga Oldfield"],
    }.items():
        assert names(alice.get(f"{URL}?{query}").text) == expected, query


def test_the_chips_count_within_the_other_filters(desk: Desk, several: dict[str, Transfer], alice: Any) -> None:
    counts = standings(TransferFilter(by=desk.actor.user_id, status="success"))
    assert counts == {"under_way": 0, "uncertain": 0, "failed": 1, "partial": 0, "success": 1, "cancelled": 1}
    page = alice.get(f"{URL}?by={desk.actor.user_id}").text
    assert re.search(r'status=failed[^"]*">Failed <span class="num">1<', page)
    assert f"by={desk.actor.user_id}" in page.split("Failed <span")[0].rsplit("href=", 1)[1]


def test_the_next_page_begins_where_this_one_ends(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead = ready_lead()
    for number in range(30):
        db.session.add(
            Transfer(
                lead_id=lead.id, method="api", state="failed", created_by=desk.actor.user_id,
                created_at=utcnow() - timedelta(minutes=number),
            )
        )  # fmt: skip
    db.session.commit()
    rows, after = history(TransferFilter(status="failed"))
    rest, end = history(TransferFilter(status="failed"), after)
    assert len(rows) == 25 and len(rest) == 5 and end is None
    assert len({row.id for row in rows + rest}) == 30
    assert history(TransferFilter(), after)[0][0].id == rows[0].id  # a cursor of another list begins anew
    page = alice.get(f"{URL}?status=failed").text
    url = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert len(names(alice.get(url).text)) == 5


def test_several_go_again_and_what_can_not_is_said(
    desk: Desk, several: dict[str, Transfer], alice: Any, run_outbox: Any
) -> None:
    ids = [str(several[name].id) for name in ("Fay Failing", "Bess Bobson", "Sid Sheetley")]
    answer = alice.post(f"{URL}?method=api", data={"act": "retry", "transfer": ids}, hx=True)
    assert answer.status_code == 200
    assert "2 are on their way again. 1 stayed as it was" in answer.text
    assert names(answer.text) == ["Fay Failing", "Bess Bobson", "Olga Oldfield"]
    assert fresh(several["Fay Failing"]).state == "pending"
    run_outbox()
    assert fresh(several["Fay Failing"]).state == "success"
    assert fresh(several["Bess Bobson"]).customer_id == "c-1"


def test_several_are_called_off(desk: Desk, several: dict[str, Transfer], alice: Any) -> None:
    answer = alice.post(URL, data={"act": "cancel", "transfer": [str(several["Bess Bobson"].id)]})
    assert answer.status_code == 303
    assert "1 is called off." in alice.get(answer.location).text
    assert fresh(several["Bess Bobson"]).state == "cancelled"
    assert alice.post(URL, data={"act": "cancel"}).status_code == 422


def test_an_address_from_the_form_is_kept_short(desk: Desk, several: dict[str, Transfer], alice: Any) -> None:
    answer = alice.get(f"{URL}?method=api&by=&from=&to=", hx=True)
    assert answer.headers["HX-Push-Url"].endswith("/squeegee/transfers?method=api")
    assert "HX-Push-Url" not in alice.get(f"{URL}?method=api", hx=True).headers


def test_others_see_what_their_leads_allow(
    desk: Desk, several: dict[str, Transfer], world: Any, alice: Any, carol: Any, dave: Any, mallory: Any
) -> None:
    page = dave.get(URL).text
    assert len(names(page)) == 4 and 'name="act"' not in page
    assert names(carol.get(URL).text) == []
    assert names(mallory.get("/w/rival/squeegee/transfers").text) == []
    data = {"act": "cancel", "transfer": [str(several["Bess Bobson"].id)]}
    assert mallory.post("/w/rival/squeegee/transfers", data=data).status_code == 404
    assert dave.post(URL, data=data).status_code == 403


def test_a_transfer_shows_the_others_of_its_lead(desk: Desk, ready_lead: Any, alice: Any, count_sql: Any) -> None:
    lead = ready_lead()
    first = stopped(lead, desk.actor, error="refused")
    second = stopped(lead, desk.actor, "cancelled")
    page = alice.get(f"/w/wells/transfers/{second.id}").text
    assert "Other transfers of this lead" in page and str(first.id) in page
    with count_sql() as statements:
        alice.get(URL)
    assert len(statements) <= 8, statements
    with count_sql() as statements:
        alice.get(f"/w/wells/transfers/{second.id}")
    assert len(statements) <= 8, statements
