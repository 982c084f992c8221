"""Delivery reports (RFC 3464) and complaints (RFC 5965), as Postfix, Exchange, Gmail and others write them."""

import re
from collections.abc import Iterator
from email.message import Message
from email.utils import parseaddr

from app.messaging.ports.inbound import Bounce

_MAIL_ID = re.compile(r"<[^<>\s]{3,250}>")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_REFUSES_THE_MAIL = re.compile(
    r"\bspam|\bvirus|malware|phish|black ?list|block ?list|\bblocked\b|\b(?:dns|r)bl\b|reputation|\bpolicy\b|\bspf\b"
    r"|\bdkim\b|\bdmarc\b|\bcontent\b|too (?:large|big)|size limit|authenticat|\bquota\b|mailbox (?:is )?full",
    re.I,
)
_ORIGINAL_ID = re.compile(r"^[ \t]*(?:X-Original-)?Message-ID:\s*(<[^<>\s]{3,250}>)", re.I | re.M)
_MOST_RECIPIENTS, _LONGEST_PART = 50, 50_000
#: The worst that a report says counts for our mail, which went to one address.
_WORST_FIRST = ("failed", "delayed", "relayed", "expanded", "delivered")


def read_report(mail: Message) -> Bounce | None:
    """What a report says of a mail of ours; None for any other mail, read receipts among them."""
    kind = str(mail.get_param("report-type") or "").lower()
    is_report = mail.get_content_type() == "multipart/report"
    if is_report and kind == "feedback-report":
        return Bounce("complaint", "", "", _mail_ids(mail), is_complaint=True)
    if not is_report and not _is_from_a_server(mail):
        return None  # who passes a report on to us, in a mail of their own, has something to say
    fields = next(_status_parts(mail), None)
    if fields is not None:
        return _delivery(mail, fields)
    return _unwritten(mail) if kind != "disposition-notification" and _is_from_a_server(mail) else None


def _delivery(mail: Message, blocks: list[Message]) -> Bounce:
    """The worst of the recipients' lines: `blocks` are the fields about the mail, then those about each recipient."""
    found = []
    for block in blocks[:_MOST_RECIPIENTS]:
        action = str(block.get("Action") or "").strip().lower().split(" ")[0]
        if action in _WORST_FIRST:
            recipient = _address(block.get("Original-Recipient") or block.get("Final-Recipient"))
            status = _status(str(block.get("Status") or ""), str(block.get("Diagnostic-Code") or ""))
            found.append((_WORST_FIRST.index(action), action, status, recipient))
    _, action, status, recipient = min(found, default=(0, "report", "", ""))
    return Bounce(action, status, recipient or _failed_recipient(mail), _mail_ids(mail))


def _unwritten(mail: Message) -> Bounce | None:
    """A server's own prose (qmail and old programs): what it is about is only known if it quotes our Message-ID."""
    text = "\n".join(_texts(mail))
    # A holiday notice leaves without a sender as well, and answers our mail; what it does not do is give it back.
    known = _mail_ids(mail) if _is_by_a_server(mail) else _returned_ids(mail)
    ids = tuple(dict.fromkeys((*known, *_ORIGINAL_ID.findall(text))))
    if not ids and not mail.get("X-Failed-Recipients"):
        return None
    status = _status("", text)
    return Bounce("delayed" if status.startswith("4.") else "failed", status, _failed_recipient(mail), ids)


def _status_parts(mail: Message) -> Iterator[list[Message]]:
    for part in _own_parts(mail):
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            yield [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []


def _mail_ids(mail: Message) -> tuple[str, ...]:
    """The Message-IDs that it speaks of: of the mail it gives back, whole or its headers, then of those it answers."""
    found = list(_returned_ids(mail))
    for name in ("In-Reply-To", "References", "X-Original-Message-ID"):
        found += _MAIL_ID.findall(str(mail.get(name) or ""))
    return tuple(dict.fromkeys(found))


def _returned_ids(mail: Message) -> list[str]:
    found: list[str] = []
    for part in mail.walk():
        if part is mail:
            continue
        kind = part.get_content_type()
        if kind in ("message/rfc822", "message/global") and isinstance(part.get_payload(), list):
            for inner in part.get_payload():
                found += _MAIL_ID.findall(str(inner.get("Message-ID") or ""))
        elif kind in ("text/rfc822-headers", "message/global-headers", "message/rfc822"):
            found += _ORIGINAL_ID.findall(_content(part)[:_LONGEST_PART])
    return found


def _own_parts(mail: Message) -> Iterator[Message]:
    """The parts of a mail, but not those of a mail that it holds."""
    yield mail
    if mail.get_content_maintype() == "multipart" and mail.is_multipart():
        for part in mail.get_payload():
            yield from _own_parts(part)  # type: ignore[arg-type]


def _status(given: str, diagnostic: str) -> str:
    """The enhanced code. Where the report gives none but a class (5.0.0), the diagnostic may know better: by a code, or
    by words that refuse the mail and not its address, as Exim passes them on.
    """
    codes = [match[0] for text in (given, diagnostic) for match in [_STATUS.search(text)] if match]
    precise = [code for code in codes if not code.endswith(".0.0")]
    if given and codes == ["5.0.0"] and _REFUSES_THE_MAIL.search(diagnostic):
        return "5.7.0"
    return (precise or codes or [""])[0]


def _is_from_a_server(mail: Message) -> bool:
    return _is_by_a_server(mail) or str(mail.get("Return-Path") or "").strip() == "<>"


def _is_by_a_server(mail: Message) -> bool:
    sender = parseaddr(str(mail.get("From") or ""))[1].lower()
    return sender.startswith(("mailer-daemon", "postmaster@"))


def _failed_recipient(mail: Message) -> str:
    return parseaddr(str(mail.get("X-Failed-Recipients") or ""))[1]


def _address(field: object) -> str:
    """`rfc822; name@example.com` without its kind."""
    return parseaddr(str(field or "").rpartition(";")[2].strip())[1]


def _texts(mail: Message) -> Iterator[str]:
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            yield _content(part)[:_LONGEST_PART]


def _content(part: Message) -> str:
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content.decode("utf-8", "replace")
    inner = part.get_payload()
    return "\n".join(map(str, inner)) if isinstance(inner, list) else str(inner or "")
