"""That somebody searched is written down, what they searched for is not."""

import json

from sqlalchemy import select

from app.audit.models import AuditEntry
from app.extensions import db, redis_door
from app.followups.models import Sequence
from app.messaging.models import Arrival
from tests.messaging.inbound import mail, post_mail


def looks():
    query = select(AuditEntry).where(AuditEntry.action == "search.looked").order_by(AuditEntry.at)
    return [json.loads(entry.after or "{}") for entry in db.session.scalars(query)]


def search(browser, typed, look="opening-0001"):
    browser.post(f"/w/{browser.slug}/search", data={"q": typed, "look": look}, hx=True)


def test_one_row_for_each_time_the_palette_is_open(alice, make_lead):
    make_lead(name="Hannah Cole")
    for typed in ("han", "hann", "hannah", "cole"):
        search(alice, typed)
    assert looks() == [{"hits": 2}]  # the lead and the person
    search(alice, "han", "opening-0002")
    assert len(looks()) == 2


def test_a_palette_that_answers_without_end_is_written_down_again(alice, make_lead):
    make_lead(name="Hannah Cole")
    for _ in range(51):
        search(alice, "han")
    assert len(looks()) == 2


def test_no_row_for_what_finds_nobody(alice, make_lead):
    make_lead(name="Hannah Cole")
    for typed in ("", "h", "zzzz"):
        search(alice, typed)
    assert looks() == []


def test_a_search_without_a_mark_is_always_written_down(alice, make_lead):
    make_lead(name="Hannah Cole")
    for _ in range(2):
        search(alice, "han", look="")
    assert len(looks()) == 2


def test_an_onlooker_is_written_down_too(dave, make_lead, world):
    make_lead(name="Hannah Cole")
    search(dave, "han")
    assert len(looks()) == 1


def test_redis_keeps_no_words(alice, make_lead):
    make_lead(name="Hannah Cole")
    search(alice, "hannah")
    kept = [(key, redis_door.client.get(key)) for key in redis_door.client.keys("search:*")]
    assert kept and "hannah" not in repr(kept).lower()


def test_a_search_beside_other_work_is_written_down_as_well(alice, dave, client, make_lead):
    make_lead(name="Hannah Cole")
    post_mail(client, mail("Hello", sender="stranger@example.org"))
    arrival, sequence = db.session.scalars(select(Arrival)).one(), db.session.scalars(select(Sequence)).first()
    for path, field in (
        (f"inbox/waiting/{arrival.id}/find", "q"), (f"sequences/{sequence.id}/dates", "preview_q"),
        ("settings/templates/words/leads", "q"),
    ):  # fmt: skip
        before = len(looks())
        for typed in ("hann", "hannah"):
            assert alice.post(f"/w/wells/{path}", data={field: typed}, hx=True).status_code == 200
        assert len(looks()) == before + 1
    dave.post("/w/wells/settings/templates/words/leads", data={"q": "hannah"}, hx=True)
    assert len(looks()) == 4
