"""What goes back for a mail: its reader's answer, a holiday notice, or a bounce of their mail server."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Any

from simulators import posting
from simulators.mailbox.reading import Letter, read

KINDS = {"answer": "Answer", "holiday": "Holiday notice", "bounce": "Bounce it"}
HOST = "mailbox.example.com"


def write(row: dict[str, Any], kind: str, body: str) -> bytes:
    """The mail that goes back for the mail in `row`, of a kind of KINDS. Raises ValueError for another kind."""
    letter = read(row)
    if kind == "bounce":
        return _bounce(row, letter)
    if kind not in KINDS:
        raise ValueError(kind)
    mail = _mail(letter, letter.recipient)
    if kind == "holiday":
        mail["Subject"] = f"Automatic reply: {letter.subject}"
        mail["Auto-Submitted"] = "auto-replied"
        mail.set_content(body or "I am on holiday and read this when I am back.")
        return mail.as_bytes()
    mail["Subject"] = letter.subject if letter.subject.lower().startswith("re:") else f"Re: {letter.subject}"
    quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
    mail.set_content(f"{body}\n\nOn {letter.at}, {_line(letter.sender)} wrote:\n{quoted}\n")
    return mail.as_bytes()


def send(url: str | None, mail: bytes) -> str:
    """Hand it to Sill's address for inbound mail; returns the outcome in words."""
    if not url:
        return "kept; Sill has given no address for mails"
    return posting.post(url, mail, {"Content-Type": "message/rfc822", "User-Agent": "Mailbox"})


def _mail(letter: Letter, sender: str) -> EmailMessage:
    named = {name.lower(): value for name, value in letter.headers}
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"] = sender, parseaddr(named.get("reply-to") or letter.sender)[1]
    mail["Date"], mail["Message-ID"] = format_datetime(datetime.now(UTC)), make_msgid(domain=HOST)
    if letter.message_id:
        mail["In-Reply-To"] = letter.message_id
        mail["References"] = f"{named.get('references', '')} {letter.message_id}".strip()
    return mail


def _bounce(row: dict[str, Any], letter: Letter) -> bytes:
    """A report by RFC 3464 that there is no such mailbox."""
    mail = _mail(letter, f"Mail Delivery System <MAILER-DAEMON@{HOST}>")
    mail["Subject"], mail["Auto-Submitted"] = "Undelivered Mail Returned to Sender", "auto-replied"
    mail.set_content(f"<{letter.recipient}>: there is no such mailbox here.")
    status = EmailMessage()
    status["Reporting-MTA"] = f"dns; {HOST}"
    recipient = EmailMessage()
    recipient["Final-Recipient"] = f"rfc822; {letter.recipient}"
    recipient["Action"], recipient["Status"] = "failed", "5.1.1"
    recipient["Diagnostic-Code"] = "smtp; 550 5.1.1 no such mailbox"
    report = EmailMessage()
    report["Content-Type"] = "message/delivery-status"
    report.set_payload([status, recipient])
    mail.make_mixed()
    mail.attach(report)
    mail.add_attachment(message_from_bytes(row["raw"], policy=policy.SMTP))
    mail.replace_header("Content-Type", "multipart/report")
    mail.set_param("report-type", "delivery-status")
    return mail.as_bytes()


def _line(text: str) -> str:
    return " ".join(text.split())
