"""What a mail looks like on the wire, where machines read headers as they stand."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses
from uuid import UUID

import pytest

from app.messaging.ports.email import OutgoingEmail
from app.messaging.transports.smtp.letter import as_sent, make_letter

OUTLOOKS = "<VI1PR04MB5678ABCDEF0123456789ABCDEF0@VI1PR04MB5678.eurprd04.prod.outlook.com>"
GMAILS = "<CAKx3fZ0r2kYyQb6yQw0S8b9gq4V1k1vYxgTq9jZ5mP1b2c3d4e5f6g@mail.gmail.com>"
WAY_OUT = f"https://desk.example.com/u/{'Ab-_' * 16}"


def sent(**given: object) -> bytes:
    values = {
        "message_id": UUID(int=7), "sender_name": "Zoë’s Windows", "reply_to": "", "recipient": "hannah@example.com",
        "subject": "Your windows", "text": "Hello", "html": "<p>Hello</p>", "automatic": True,
    }  # fmt: skip
    return as_sent(make_letter(OutgoingEmail(**values | given), "desk@example.com"))


def test_the_way_out_is_an_address_that_mail_programs_read() -> None:
    head = message_from_bytes(sent(unsubscribe_url=WAY_OUT))
    assert head["List-Unsubscribe"] == f"<{WAY_OUT}>"
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("answers", [(GMAILS,), (GMAILS, OUTLOOKS), (OUTLOOKS, GMAILS) * 4])
def test_an_answer_names_what_it_answers_by_ids_that_mail_programs_read(answers: tuple[str, ...]) -> None:
    head = message_from_bytes(sent(answers=answers))
    assert head["In-Reply-To"] == answers[-1]
    assert tuple(head["References"].split()) == answers


def test_no_line_is_too_long_and_what_people_read_is_encoded() -> None:
    raw = sent(subject="Ärger mit Fenstern " * 20, answers=(OUTLOOKS, GMAILS) * 4, unsubscribe_url=WAY_OUT)
    assert max(map(len, raw.split(b"\r\n"))) < 200 and b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii() and b"Subject: =?utf-8?" in raw and b"From: =?utf-8?" in raw


@pytest.mark.parametrize(
    "name",
    [
        "Smith, Jones & Sons Window Cleaning, Gutters, Fascias and Conservatories of Wells, Somerset",
        "The Bank <billing@bank.example.com>, who clean windows and gutters all over Somerset and beyond",
        ": Window. Gutter, and \"Conservatory\" Cleaning for Somerset \\ Bath, Wells and everywhere around",
        "Zoë’s, the window cleaners <zoe@bank.example.com> of Wells, of Bath, of Frome and everywhere around",
    ],
)
def test_a_long_name_is_one_senders(name: str) -> None:
    head = message_from_bytes(sent(sender_name=name))["From"]
    [(shown, address)] = getaddresses([head])
    assert address == "desk@example.com" and max(map(len, head.splitlines())) < 200
    assert str(make_header(decode_header(shown))) == name


def test_a_long_subject_is_read_as_it_was_written() -> None:
    for words in range(3, 25):  # the line ends now before, now after the one that is not in ASCII
        subject = " ".join(["Your windows"] * words + ["Zoë"] + ["next week"] * words)
        head = message_from_bytes(sent(subject=subject))["Subject"]
        assert str(make_header(decode_header(head.replace("\r\n", "")))) == subject
