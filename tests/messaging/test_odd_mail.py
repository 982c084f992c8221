"""Mails as programs write them that keep to no standard: who wrote is found all the same, and every word is read."""

import re

import pytest
from sqlalchemy import select

from app.extensions import db
from app.messaging.models import Conversation, Message
from app.messaging.services.answer_addresses import answer_address
from app.messaging.services.reading_mail import read_mail
from tests.messaging.inbound import HANNAH, post_mail

HEAD = b"To: office@example.com\r\nSubject: Re: Your windows\r\nMessage-ID: <a@b.example>\r\n"
PLAIN = b"Content-Type: text/plain; charset=%s\r\n\r\n%s"


def from_(value: str) -> bytes:
    return f"From: {value}\r\n".encode() + HEAD + b"\r\nYes please"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (f"=?utf-8?q?Cole=2C_Hannah?= <{HANNAH}>", "Cole, Hannah"),
        (f"=?utf-8?q?Hannah_=28home=29?= <{HANNAH}>", "Hannah (home)"),
        (f"Cole, Hannah <{HANNAH}>", "Cole, Hannah"),
        (f"{HANNAH} <{HANNAH}>", HANNAH),
        (f"Coles: {HANNAH}, joe@example.com;", "Coles"),
        (f"{HANNAH}, joe@example.com", ""),
        (f"Zoë Cole <{HANNAH}>", "Zoë Cole"),
        (f"=?utf-8?q?Hannah_=3C{HANNAH}=3E?=", "Hannah"),
    ],
)
def test_who_wrote_is_known_however_the_name_is_written(value, name):
    found = read_mail(from_(value))
    assert (found.sender, found.sender_name) == (HANNAH, name)


def test_a_name_with_a_comma_does_not_keep_an_answer_from_its_lead(client, lead):
    post_mail(client, from_(f"=?utf-8?q?Cole=2C_Hannah?= <{HANNAH}>"))
    reply = db.session.scalars(select(Message).where(Message.direction == "in")).one()
    assert (reply.lead_id, reply.body) == (lead.id, "Yes please")


def test_whom_it_is_for_is_found_behind_a_name_with_a_comma(client, lead, write, world):
    sent = write()
    to = f"=?utf-8?q?Windows=2C_Wells?= <{answer_address(sent.id, 'office@example.com')}>".encode()
    raw = from_("Another <another@example.org>").replace(b"office@example.com", to)
    post_mail(client, raw)
    assert db.session.scalars(select(Message.answers_id).where(Message.direction == "in")).all() == [sent.id]


@pytest.mark.parametrize(
    ("charset", "body", "read"),
    [
        (b"iso-8859-1", b"I\x92d like it for \xa320", "I’d like it for £20"),
        (b"us-ascii", b"\xa320 is fine", "£20 is fine"),
        (b"us-ascii", "£20 – fine".encode(), "£20 – fine"),
        (b"utf-8", b"\xa320 is fine", "£20 is fine"),
        (b"utf-8", "£20 is fine ".encode() + b"\xe2\x82", "£20 is fine \ufffd"),
        (b"x-unheard-of", b"\xa320 is fine", "£20 is fine"),
        (b"gb2312", b"\xc4\xe3", "你"),
    ],
)
def test_letters_are_read_though_they_are_called_wrongly(charset, body, read):
    assert read_mail(b"From: hannah@example.com\r\n" + HEAD + PLAIN % (charset, body)).body == read


def test_letters_that_stand_in_a_header_as_they_are():
    raw = b"From: hannah@example.com\r\n" + HEAD.replace(b"Your windows", "Café, £20".encode()) + b"\r\nYes"
    assert read_mail(raw).subject == "Re: Café, £20"


@pytest.mark.parametrize("boundary", [b"", b"; boundary=x"])
def test_words_in_parts_that_are_none_are_read(boundary):
    raw = b"From: hannah@example.com\r\n" + HEAD + b"Content-Type: multipart/mixed" + boundary + b"\r\n\r\nYes please"
    assert (read_mail(raw).body, read_mail(raw).attached) == ("Yes please", ())


@pytest.mark.parametrize("kind", [b"text/calendar; method=REPLY", b"text/enriched", b"message/rfc822"])
def test_of_what_nobody_can_read_here_there_is_word_at_least(kind):
    raw = b"From: hannah@example.com\r\n" + HEAD + b"Content-Type: " + kind + b"\r\n\r\nSubject: x\r\n\r\nYes"
    assert read_mail(raw).attached == (kind.partition(b";")[0].decode(),)


def test_an_answer_to_a_long_subject_can_be_sent(alice, client, lead):
    post_mail(client, from_(HANNAH).replace(b"Your windows", b"Your windows " * 30))
    talk = db.session.scalars(select(Conversation)).one()
    page = alice.get(f"/w/wells/inbox/{talk.id}")
    subject = re.search(r'name="subject" value="([^"]+)"', page.text).group(1)
    answer = {"channel": "email", "subject": subject, "body": "On Tuesday"}
    assert alice.post(f"/w/wells/inbox/{talk.id}/answer", data=answer, hx=True).status_code == 200
