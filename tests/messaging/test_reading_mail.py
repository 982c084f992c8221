"""Mails as they come over the wire: who wrote, what it answers, whether a machine did; nothing makes it fail."""

import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.messaging.services.reading_mail import read_mail
from tests.messaging.inbound import HANNAH, mail


def test_the_facts_of_a_mail():
    raw = mail(
        "Grüße", sender="=?utf-8?q?Zo=C3=AB?= Pike <zoe@example.org>", In_Reply_To="<c@d>", References="<a@b>  <c@d>",
        Delivered_To="office+tag@example.com", Cc="Bob <bob@example.com>",
    )  # fmt: skip
    found = read_mail(raw, recipients=("envelope@example.com",))
    assert (found.sender_name, found.sender, found.body) == ("Zoë Pike", "zoe@example.org", "Grüße")
    assert found.mail_ids == ("<c@d>", "<a@b>")
    assert found.recipients[:2] == ("envelope@example.com", "office+tag@example.com")
    assert "bob@example.com" in found.recipients
    assert not found.is_automatic and not found.is_bulk and found.bounce is None


def test_the_way_a_mail_took_does_not_change_its_name():
    raw = mail("Yes")
    assert read_mail(b"Received: by x\r\nDelivered-To: y@example.com\r\n" + raw).key == read_mail(raw).key
    assert read_mail(mail("Yes")).key != read_mail(raw).key


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated; owner=x"}, {"X_Autoreply": "yes"},
     {"X_Autorespond": "1"}, {"Precedence": "auto_reply"}, {"Precedence": "bulk"}, {"Return_Path": "<>"}],
)  # fmt: skip
def test_what_a_machine_wrote(headers):
    assert read_mail(mail("I am away", **headers)).is_automatic


@pytest.mark.parametrize("subject", ["Automatic reply: Your windows", "Out of office: back Monday", "AutoReply: x"])
def test_holiday_notices_without_a_header(subject):
    assert read_mail(mail("I am away", subject=subject)).is_automatic


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "no"}, {"Precedence": "first-class"}, {"X_Priority": "1"}])
def test_what_a_person_wrote(headers):
    assert not read_mail(mail("Is the office open?", subject="Out of the office windows", **headers)).is_automatic


def test_a_form_that_mails_for_somebody_is_that_somebody():
    raw = mail("Three bedrooms", sender="Website <site@forms.example>", Reply_To=f"Hannah <{HANNAH}>")
    assert read_mail(raw).sender == HANNAH


def test_pictures_are_named_and_html_is_read_where_there_is_no_text():
    letter = EmailMessage()
    letter["From"] = HANNAH
    letter.set_content("<p>Here is the <b>back</b> of the house</p>", subtype="html")
    letter.add_attachment(b"jpg", maintype="image", subtype="jpeg", filename="back\u00a0garden.jpg")
    found = read_mail(letter.as_bytes())
    assert (found.body, found.attached) == ("Here is the back of the house", ("back garden.jpg",))


def test_a_mail_that_is_attached_is_not_this_mail():
    letter, inner = EmailMessage(), EmailMessage()
    letter["From"] = HANNAH
    inner.set_content("No thanks")
    letter.set_content("See what they wrote")
    letter.add_attachment(inner)
    assert read_mail(letter.as_bytes()).body == "See what they wrote"


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(
        [
            b"From: ",
            b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n",
            b"Content-Type: text/plain; charset=",
            b"",
        ]
    ),
)
def test_any_bytes_can_be_read(noise, start):
    found = read_mail(start + noise + b"\r\n\r\n" + noise)
    assert isinstance(found.body, str) and found.key


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "raw_unicode_escape", "utf-16"])
def test_what_is_read_can_be_kept(charset):
    """Some character sets give halves of characters, which no database takes; NULs come in any."""
    trap = b"+2AA- \\ud800 \x00"
    raw = (
        b"From: H\x00annah <hannah@example.org>\nSubject: =?%s?q?=2B2AA-=5Cud800=00?=\nMessage-ID: <a\x00@b.example>\n"
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=%s\n\n%s\n"
        b"--b\nContent-Type: application/pdf; name=\"a\x00.pdf\"\nContent-Disposition: attachment\n\nx\n--b--"
    ) % (charset.encode(), charset.encode(), trap)
    found = read_mail(raw)
    for text in (found.body, found.subject, found.sender, found.sender_name, found.mail_id, found.key, *found.attached):
        text.encode()
        assert "\x00" not in text


_TRAPS = {
    "word": b"Subject: =?utf-8?b?a?=\n\nhi",
    "charset": b"Content-Type: text/plain; charset=undefined\n\nhi",
    "charset with a NUL": b'Content-Type: text/plain; charset="ut\x00"\n\nhi',
    "slow charset": b"Content-Type: text/plain; charset=punycode\n\nhi" + b"abcz" * 200_000,
    "comments": b"To: " + b"(" * 100_000 + b"\n\nhi",
    "parameters": b"Content-Type: text/plain; " + b"a;" * 200_000 + b"\n\nhi",
    "blank lines": b"Content-Type: text/rfc822-headers\n\nhi" + b"\n" * 300_000 + b"x",
    "lines": b"\nhi" + b"\nx" * 5_000_000,
}


#: Anybody may write to a mailbox, and each round of reading takes many mails in.
_NAMES = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To")


def _parts(head: bytes, content: bytes, count: int) -> bytes:
    """A mail of so many parts of a kind."""
    part = b"--q\n" + (head + b"\n" if head else b"") + b"\n" + content + b"\n"
    return b"Content-Type: multipart/mixed; boundary=q\n\n" + part * count


_COSTLY = {
    "addresses": "".join(f"{name}: {'@' * 19_000}\n" * 20 for name in _NAMES).encode() + b"\nhi",
    "lines within parts": "".join(
        f"Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n" for at in range(50)
    ).encode() + b"\n" * 1_000_000,
    "pages within parts": _parts(b"Content-Type: text/html", b"<p>" * 10_000, 900),
    "types of parts": _parts(b'Content-Type: text/plain; x="' + b";" * 19_000, b"hi", 200),
    "names of parts": _parts(b'Content-Disposition: attachment; filename="' + b";" * 19_000, b"hi", 200),
    "tiny parts": _parts(b"", b"x", 350_000),
    "tiny parts, lines of another kind": _parts(b"", b"", 400_000).replace(b"\n", b"\r"),
    "a report about many": b"Content-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 590_000,
}  # fmt: skip


@pytest.mark.parametrize("trap", _COSTLY.values(), ids=_COSTLY)
def test_no_mail_costs_more_than_a_second_or_so(trap):
    began = time.process_time()
    assert read_mail(b"From: hannah@example.org\n" + trap).sender == "hannah@example.org"
    assert time.process_time() - began < 2


def test_what_follows_a_blank_part_is_read_and_a_page_is_read_to_its_end():
    page = "<p>One</p>" + "<i> </i>" * 20_000 + "<p>Two</p>"
    parts = f"--q\n\n \n--q\nContent-Type: text/html\n\n{page}"
    raw = f"From: a@example.org\nContent-Type: multipart/mixed; boundary=q\n\n{parts}"
    assert read_mail(raw.encode()).body == "One\n\nTwo"


def test_whom_a_mail_with_many_addresses_is_for_is_found_among_the_first():
    named = ", ".join(f"Person {at} <person{at}@example.com>" for at in range(300))
    raw = f"From: hannah@example.org\nDelivered-To: office+tag@example.com\nTo: {named}\nCc: {named}\n\nhi".encode()
    recipients = read_mail(raw).recipients
    assert recipients[:2] == ("office+tag@example.com", "person0@example.com")
    assert "person299@example.com" in recipients


@pytest.mark.parametrize("trap", _TRAPS.values(), ids=_TRAPS)
def test_a_mail_made_to_be_slow_or_to_fail_is_read_in_seconds(trap):
    began = time.monotonic()
    within = b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n' + trap
    assert read_mail(b"From: hannah@example.org\n" + trap).sender == "hannah@example.org"
    assert read_mail(b"From: hannah@example.org\n" + within).sender == "hannah@example.org"
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "head", ["Content-Type: multipart/mixed; boundary=b{0}\n\n--b{0}\n", "Content-Type: message/rfc822\n\n"]
)
def test_parts_within_parts_end_somewhere(head):
    raw = b"From: hannah@example.org\n" + "".join(head.format(at) for at in range(3_000)).encode()
    assert read_mail(raw).sender == "hannah@example.org"
