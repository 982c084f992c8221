"""Whether a mail was opened and a link followed: only where that is switched on, only to our pages, by no machine."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core.clock import utcnow
from app.extensions import db
from app.messaging.models import Message
from app.messaging.services.tracking import read_trace, tracked
from app.workspaces.queries import current_workspace

READER = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"}
TO = "hannah.cole@example.com"


@pytest.fixture
def sent(write, run_outbox, mailbox, app):
    """A mail with two links that left a while ago, as it arrived: (message, its HTML)."""
    current_workspace().tracks_opens = True
    link = f"{app.config['PUBLIC_URL']}/c/a-secret-of-24-characters?x=1&y=2"
    message = write(body=f"Hello\n\n{link}\n\nand https://elsewhere.example.com/")
    run_outbox()
    db.session.execute(update(Message).where(Message.id == message.id).values(sent_at=utcnow() - timedelta(minutes=5)))
    db.session.commit()
    [mail] = mailbox.mails(TO)
    return message, mail["html"], mail["text"]


def marks(message):
    query = select(Message.opened_at.isnot(None), Message.clicked_at.isnot(None)).where(Message.id == message.id)
    return tuple(db.session.execute(query).one())


def path_in(html, kind):
    found = re.search(rf'"https?://[^/"]+(/{kind}/[^"]+)"', html)
    return found and found[1]


def test_nothing_is_added_where_it_is_off(write, run_outbox, mailbox, app):
    write(body=f"Hello\n\n{app.config['PUBLIC_URL']}/c/a-secret-of-24-characters")
    run_outbox()
    [mail] = mailbox.mails(TO)
    assert path_in(mail["html"], "o") is None and path_in(mail["html"], "t") is None


def test_the_picture_tells_of_the_first_opening_alone(client, sent):
    message, html, text = sent
    assert "/o/" not in text and "/t/" not in text
    answer = client.get(path_in(html, "o"), headers=READER)
    assert answer.status_code == 200 and answer.mimetype == "image/gif" and "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert marks(message) == (True, False)
    first = db.session.scalar(select(Message.opened_at).where(Message.id == message.id))
    client.get(path_in(html, "o"), headers=READER)
    assert db.session.scalar(select(Message.opened_at).where(Message.id == message.id)) == first


def test_a_link_leads_to_our_page_and_counts_as_opened(client, sent, app):
    message, html, _ = sent
    assert "https://elsewhere.example.com/" in html  # others' pages are none of our business
    answer = client.get(path_in(html, "t"), headers=READER)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{app.config['PUBLIC_URL']}/c/a-secret-of-24-characters?x=1&y=2"
    assert marks(message) == (True, True)


MACHINES = [
    {"User-Agent": ""}, {"User-Agent": "Mozilla/5.0"}, {"User-Agent": "curl/8.5"},
    {"User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0)"}, {"User-Agent": "BarracudaCentral/1.0"},
    READER | {"Sec-Purpose": "prefetch;prerender"}, READER | {"X-Moz": "prefetch"},
]  # fmt: skip


def test_machines_open_nothing_but_get_what_they_ask_for(client, sent):
    message, html, _ = sent
    for headers in MACHINES:
        assert client.get(path_in(html, "o"), headers=headers).status_code == 200
        assert client.get(path_in(html, "t"), headers=headers).status_code == 303
        assert marks(message) == (False, False), headers
    assert client.head(path_in(html, "o"), headers=READER).status_code == 200
    assert marks(message) == (False, False)


def test_a_scanner_is_quicker_than_a_reader(client, sent):
    message, html, _ = sent
    db.session.execute(update(Message).where(Message.id == message.id).values(sent_at=utcnow()))
    client.get(path_in(html, "o"), headers=READER)
    assert marks(message) == (False, False)


def test_no_link_leads_out_of_our_house(client, sent, app):
    message, html, _ = sent
    path = path_in(html, "t")
    token = path.removeprefix("/t/")
    swapped = ("A" if token[0] != "A" else "B") + token[1:]
    assert client.get(f"/t/{swapped}", headers=READER).status_code == 404
    assert client.get("/t/abc", headers=READER).status_code == 404
    # Even for a mark of ours: what does not stand in the mail, or is not ours, is not gone to.
    message.html = '<a href="https://evil.example.com/">x</a>'
    db.session.commit()
    assert client.get(path, headers=READER).status_code == 404
    message.html = f'<a href="{app.config["PUBLIC_URL"]}.evil.example.com/">x</a>'
    db.session.commit()
    assert client.get(path, headers=READER).status_code == 404
    db.session.delete(message)
    db.session.commit()
    assert client.get(path, headers=READER).status_code == 404
    assert client.get(path_in(html, "o"), headers=READER).status_code == 200


def test_the_way_out_stays_straight(write, run_outbox, mailbox, lead):
    from app.contacts.models import Consent

    current_workspace().tracks_opens = True
    db.session.add(
        Consent(
            contact_id=lead.contact_id, channel="email", purpose="marketing", granted=True, wording="x", source="form"
        )
    )
    write(purpose="marketing")
    run_outbox()
    [mail] = mailbox.mails(TO)
    assert path_in(mail["html"], "u") and path_in(mail["html"], "o")


def test_a_mark_names_its_own_workspace(world, sent):
    message, html, _ = sent
    assert read_trace(path_in(html, "t").removeprefix("/t/")).workspace_id == world.workspace_id
    assert tracked(message, "<p>no end of body</p>").startswith("<p>no end of body</p><img ")
