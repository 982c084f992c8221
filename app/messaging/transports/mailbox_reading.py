"""What is new in a mailbox, read by IMAP (RFC 9051) without changing anything in it: people read it too.

How far it has been read is `progress`: the mailbox's UIDVALIDITY and the highest UID. It begins with what arrives after
the first look. When the server numbers its mails anew, those of the last days are given again (`again`: up to which
UID, since when); whoever takes them in knows them by their Message-ID. What came before stays where it is, whatever its
new number. A mail that the server won't give is asked for again for some minutes (`refused`): it
may be busy. Then it is given without its words, so that a person hears of it and the others are not held up.
"""

import imaplib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.clock import utcnow
from app.messaging.ports.settings import InboxSettings
from app.messaging.transports.mailbox import BROKEN, Mailbox, quoted

#: One round: so many mails and so long, well inside the lease of the outbox. The rest follows at once.
MOST = 25
WHOLE_SECONDS = 20.0
_LARGEST = 30 * 1024 * 1024
_MOST_BYTES = 40 * 1024 * 1024
#: So often a mail is asked for that the server won't give.
MOST_REFUSALS = 10
_AGAIN = timedelta(days=7)
_FIRST_MAIL = datetime(1982, 1, 1, tzinfo=UTC)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxTrouble(Exception):
    """The mailbox could not be read. `code` holds no customer data: imap_connection, imap_sign_in, imap_folder."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class FoundMail:
    """A mail as it lies in the mailbox, and when it got there. Of one that is too large there are only the headers, of
    one that the server won't give nothing (None).
    """

    uid: int
    raw: bytes | None
    at: datetime


@dataclass(slots=True)
class Reading:
    """What was found; `has_more` when there was no room for all of it, `refused` the UID of the mail behind it that the
    server would not give, and how often by now; `again` as in the progress, until that is done.
    """

    validity: int
    last_uid: int
    mails: list[FoundMail] = field(default_factory=list)
    has_more: bool = False
    refused: tuple[int, int] | None = None
    again: tuple[int, str] | None = None

    def progress(self) -> dict[str, Any]:
        """How far it got, for the next round."""
        more = {"refused": self.refused, "again": self.again}
        unfinished = {name: list(value) for name, value in more.items() if value}
        return {"validity": self.validity, "last_uid": self.last_uid, **unfinished}


def read_mailbox(settings: InboxSettings, progress: dict[str, Any], *, allow_private: bool = False) -> Reading:
    """What came since `progress`. Raises MailboxTrouble."""
    deadline = time.monotonic() + WHOLE_SECONDS
    try:
        box = Mailbox(settings, allow_private=allow_private)
    except BROKEN:
        raise MailboxTrouble("imap_connection") from None
    try:
        _sign_in(box, settings)
        return _read(box, progress, deadline)
    except BROKEN:
        raise MailboxTrouble("imap_connection") from None
    finally:
        box.shutdown()


def _sign_in(box: Mailbox, settings: InboxSettings) -> None:
    try:
        box.login(quoted(settings.username), settings.password)
    except (imaplib.IMAP4.error, ValueError):  # ValueError: letters that the protocol has no place for
        raise MailboxTrouble("imap_sign_in") from None
    state, _ = box.select(quoted(settings.folder), readonly=True)
    if state != "OK":
        raise MailboxTrouble("imap_folder")


def _read(box: Mailbox, progress: dict[str, Any], deadline: float) -> Reading:
    validity, next_uid = _number(box, "UIDVALIDITY"), _number(box, "UIDNEXT")
    # Courier does not say which UID comes next: then the last mail's tells.
    known, newest = progress.get("validity"), next_uid - 1 if next_uid else None
    if known != validity and newest is None:
        newest = max(_search(box, "UID *"), default=0)
    if known is None:
        return Reading(validity, newest or 0)
    if known != validity:
        progress = {"last_uid": 0, "again": (newest, f"{utcnow() - _AGAIN:%d-%b-%Y}")}
    reading = Reading(validity, int(progress["last_uid"]))
    upto, since = progress.get("again") or (None, "")
    what = f"UID {reading.last_uid + 1}:{upto or '*'}" + (f" SINCE {since}" if since else "")
    # `*` is the last mail, however old.
    uids = [uid for uid in _search(box, what) if uid > reading.last_uid and (upto is None or uid <= upto)]
    reading.again = (upto, since) if upto is not None else None
    _take(box, uids, reading, deadline, progress.get("refused"))
    if upto is not None and not (reading.has_more or reading.refused):
        reading.last_uid, reading.again, reading.has_more = upto, None, True  # what came meanwhile
    return reading


def _take(box: Mailbox, uids: list[int], reading: Reading, deadline: float, refused: list[int] | None) -> None:
    """Read these mails as far as there is room and time for them."""
    for uid in uids:
        size = sum(len(each.raw or b"") for each in reading.mails)
        if len(reading.mails) >= MOST or size > _MOST_BYTES or time.monotonic() > deadline:
            reading.has_more = True
            return
        try:
            reading.mails += list(_fetch(box, uid))
        except BROKEN as error:
            if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
                _go_without(uid, reading, refused)
                return
            if not reading.mails:
                raise
            reading.has_more = True  # what came before it is worth keeping
            return
        reading.last_uid = uid


def _go_without(uid: int, reading: Reading, refused: list[int] | None) -> None:
    """End a round at a mail that the server won't give; the last time it counts as read."""
    times = refused[1] + 1 if refused and refused[0] == uid else 1
    if times < MOST_REFUSALS:
        reading.refused = (uid, times)
    else:
        reading.mails.append(FoundMail(uid, None, utcnow()))
        reading.last_uid, reading.has_more = uid, True


def _search(box: Mailbox, what: str) -> list[int]:
    state, found = box.uid("SEARCH", what)  # what is in ASCII: no CHARSET, which some servers refuse
    if state != "OK":
        raise MailboxTrouble("imap_folder")
    return sorted(int(each) for line in found if line for each in line.split())


def _fetch(box: Mailbox, uid: int) -> Iterator[FoundMail]:
    """The mail of a UID; none if somebody has deleted it meanwhile. Raises IMAP4.error where the server says no."""
    answers = _told(box, uid, "(RFC822.SIZE)")
    size = _SIZE.search(b" ".join(_lines(answers)))
    part = "BODY.PEEK[HEADER]" if size and int(size[1]) > _LARGEST else "BODY.PEEK[]"
    answers = _told(box, uid, f"(INTERNALDATE {part})")
    raw = next((each[1] for each in answers if isinstance(each, tuple)), None)
    if raw is not None:
        yield FoundMail(uid, raw, _arrived(b" ".join(_lines(answers))) or utcnow())


def _arrived(answer: bytes) -> datetime | None:
    """When a mail got there, None where that is no moment that has been since there is mail."""
    try:
        stated = imaplib.Internaldate2tuple(answer)
        at = datetime.fromtimestamp(time.mktime(stated), UTC) if stated else None
    except (ValueError, LookupError, OverflowError):
        return None
    return at if at is not None and _FIRST_MAIL < at < utcnow() else None


def _told(box: Mailbox, uid: int, what: str) -> list[Any]:
    state, answers = box.uid("FETCH", str(uid), what)
    if state != "OK":
        raise box.error(state)
    return answers


def _lines(answers: list[Any]) -> list[bytes]:
    return [each[0] if isinstance(each, tuple) else each for each in answers if each]


def _number(box: Mailbox, name: str) -> int:
    _, found = box.response(name)
    first = found[0] if found else None
    return int(first) if first else 0
