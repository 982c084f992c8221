"""The digest: a mail on working days, only when what it says has changed, people who wait for us first."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.alerts import queries, words
from app.alerts.queries import LISTED, Waits, Worker
from app.alerts.services.mailing import MailFoot, MailLine, MailPart, mail_list
from app.alerts.services.readiness import STAGE
from app.core.errors import NotFound
from app.core.human_time import humanise_due, humanise_past
from app.core.permissions import ROLES, SEES
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.workspaces.models import Membership
from app.workspaces.queries import current_workspace

#: A digest that is later than this is not sent any more: the morning is over.
_LATEST = timedelta(hours=4)
#: Where all of a section stands.
_PATHS = {"waiting": "inbox", "acts": "my-day", "ready": "squeegee", "agree": "squeegee/reconciliation"}


def send_digests(now: datetime) -> int:
    """Send every member who wants it the digest of today; how many were sent.

    Nothing is sent on days when the business is closed, to whom it would tell nothing, or the same as the last time.
    """
    workspace = current_workspace()
    clock = workspace.clock()
    today = now.astimezone(clock.zone).date()
    planned = datetime.combine(today, workspace.digest_at, clock.zone)
    if not clock.is_working_day(today) or now - planned > _LATEST:
        return 0
    return sum(_send(worker, now, today) for worker in queries.workers() if worker.gets_digest)


def switch_digest(user_id: UUID, wanted: bool) -> None:
    """Turn a member's digest on or off. Raises NotFound for who is no member."""
    changed = db.session.execute(
        update(Membership)
        .where(Membership.workspace_id == current_workspace_id(), Membership.user_id == user_id)
        .values(gets_digest=wanted)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise NotFound


def _send(worker: Worker, now: datetime, today: date) -> bool:
    here = current_workspace_id()
    with acting_in(here, user_id=worker.user_id, sees=SEES[worker.role]):  # what they may not see is not mailed either
        sections = _sections(worker, now, today)
    key = _key(sections)
    member = db.session.scalars(
        select(Membership).where(Membership.workspace_id == here, Membership.id == worker.member_id)
        .with_for_update(of=Membership)
        .execution_options(populate_existing=True)
    ).one()  # fmt: skip
    if not any(waiting for _, waiting in sections) or member.digest_on == today or member.digest_key == key:
        return False
    member.digest_on, member.digest_key = today, key
    parts = [_part(name, waiting, now) for name, waiting in sections if waiting]
    mail_list(
        worker.email, words.digest_subject(sections), f"Good morning {worker.name.split()[0]},", parts,
        MailFoot(words.DIGEST_FOOT),
    )  # fmt: skip
    db.session.flush()
    return True


def _sections(worker: Worker, now: datetime, today: date) -> list[tuple[str, list[Waits]]]:
    zone = current_workspace().clock().zone
    tonight = datetime.combine(today + timedelta(days=1), time(), zone).astimezone(UTC)
    waiting = sorted(queries.unanswered(worker.user_id, now), key=lambda each: (each.since, each.lead_id))
    told = {each.lead_id for each in waiting}
    acts = [each for each in queries.due_acts(worker.user_id, tonight) if each.lead_id not in told]
    ready = queries.ready(STAGE) if "leads:transfer" in ROLES[worker.role] else []
    agree = queries.disagreeing() if "leads:transfer" in ROLES[worker.role] else []
    return [("waiting", _once(waiting)), ("acts", acts), ("ready", ready), ("agree", _once(agree))]


def _once(waiting: list[Waits]) -> list[Waits]:
    """Each lead once, for what it has waited for the longest."""
    return list({each.lead_id: each for each in reversed(waiting)}.values())[::-1]


def _key(sections: Sequence[tuple[str, list[Waits]]]) -> bytes:
    """What is said, without how long ago: the same tomorrow is no news."""
    said = [f"{name}/{each.lead_id}/{each.what}/{each.since.isoformat()}" for name, found in sections for each in found]
    return hashlib.blake2b("\n".join(said).encode(), digest_size=16).digest()


def _part(name: str, waiting: list[Waits], now: datetime) -> MailPart:
    zone = current_workspace().clock().zone
    lines = []
    for each in waiting[:LISTED]:
        if name == "acts":
            told = f"{each.what}, {humanise_due(each.since, now, zone)[0]}"
        else:
            told = f"{words.WHAT.get(each.what, 'said yes')} {humanise_past(each.since, now, zone)}"
        lines.append(MailLine(each.lead_id, each.name, told))
    more = "more" if len(waiting) > LISTED else ""  # one more than is listed was read, no matter how many there are
    return MailPart(words.HEADINGS[name], lines, more, _PATHS[name])
