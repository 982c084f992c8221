"""Keeping a file on a lead. The bytes are safe in the store before the row says that they are."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import ARRAY, LargeBinary, any_, func, literal, select

from app.activities.models import Activity
from app.activities.services import record_activity
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.ids import new_id
from app.core.keyring import cipher
from app.core.permissions import Actor
from app.core.sealed_files import fingerprints
from app.core.tenancy import acting_in, current_workspace_id
from app.core.uploads import largest_file
from app.extensions import db
from app.files.models import File
from app.files.services.examining import examine
from app.files.services.keeping import seal_variants, store_new
from app.files.services.naming import clean_name
from app.leads.models import Lead
from app.leads.services import get_lead
from app.notifications.services import managers, notify, works_on

log = structlog.get_logger(__name__)
MOST_FILES = 200
#: Anybody may sign up: a hundred thousand photos are enough for one firm.
MOST_KEPT = 20 * 1024**3  # bytes of one workspace
#: Files that one person adds within this time share a line of the timeline.
_TOGETHER = timedelta(minutes=15)
#: Photos that come with an enquiry are no news beside it.
_FRESH = timedelta(hours=1)


def add_file(
    lead_id: UUID, name: str, content: bytes, actor: Actor, *, only: str | None = None,
    check_room: Callable[[], None] = lambda: None,
) -> File:  # fmt: skip
    """Look at a file, keep it in the store, then on the lead. The same content a second time gives the first one's row.

    `name` is what the sender calls it; `only` is one of KINDS when the others are not wanted. Nothing of the database
    is held while the file is looked at and stored; `check_room` is asked after that, with the lead locked, and raises
    where a limit of the caller's was reached meanwhile.
    Raises Invalid (with `file`), NotFound when the lead is gone by then, StoreUnavailable.
    """
    if not content:
        raise Invalid({"file": "This file is empty."})
    if len(content) > largest_file():
        raise Invalid({"file": f"This file is too large. {largest_file() // 1024**2} MB is the most."})
    marks = fingerprints(cipher(), content)
    examined, file_id = examine(content, is_strangers=actor.user_id is None), new_id()
    if only is not None and examined.kind != only:
        raise Invalid({"file": "This is not a picture. Send a photo instead."})
    store_new(seal_variants(file_id, examined.content, examined.thumb))
    # From here on, a lead that is gone, a full lead or a crash leave bytes without a row: jobs.sweep finds them.
    lead = get_lead(lead_id, lock=True)
    # What came drawn anew already, as from the quarantine, is known by what the one that was sent is drawn to as well.
    known = _same(lead_id, marks + fingerprints(cipher(), examined.content))
    if known is not None:
        return known
    check_room()
    if _count(lead_id) >= MOST_FILES:
        raise Invalid({"file": f"This lead has {MOST_FILES} files, which is the most. Delete some first."})
    if _kept() + len(examined.content) > MOST_KEPT:
        raise Invalid({"file": f"This workspace has {MOST_KEPT // 1024**3} GB of files, which is the most."})
    file = File(
        id=file_id, lead_id=lead_id, kind=examined.kind, name=clean_name(name, examined.content_type),
        content_type=examined.content_type, size_bytes=len(examined.content), width=examined.width,
        height=examined.height, fingerprint=marks[0], uploaded_by=actor.user_id,
    )  # fmt: skip
    file.activity_id = _tell(lead, file, actor).id
    db.session.add(file)
    db.session.flush()
    return file


def _same(lead_id: UUID, marks: list[bytes]) -> File | None:
    return db.session.scalars(
        select(File)
        .where(File.workspace_id == current_workspace_id(), File.lead_id == lead_id, File.removed_at.is_(None))
        .where(File.fingerprint == any_(literal(marks, ARRAY(LargeBinary))))
        .limit(1)
    ).one_or_none()


def _count(lead_id: UUID) -> int:
    query = select(func.count()).where(
        File.workspace_id == current_workspace_id(), File.lead_id == lead_id, File.removed_at.is_(None)
    )
    return int(db.session.scalar(query) or 0)


def _kept() -> int:
    """The bytes of all files of the workspace, whoever's leads they are on."""
    workspace_id = current_workspace_id()
    with acting_in(workspace_id):
        query = select(func.coalesce(func.sum(File.size_bytes), 0)).where(File.workspace_id == workspace_id)
        return int(db.session.scalar(query) or 0)


def _tell(lead: Lead, file: File, actor: Actor) -> Activity:
    """A line of the timeline, or one more on the line of a moment ago; the audit log gets each of them."""
    noun, topics = f"{file.kind}s", {topic("files", lead.id)}
    latest = _latest_line(lead)
    if latest is None or not _goes_on(latest, actor):
        data = {noun: 1, "file_id": str(file.id)}
        by = {"by": "customer"} if actor.kind == "customer" else {}
        for user_id in _who_cares(lead, bool(by)):
            notify(user_id, "file_added", lead=lead, actor=actor, data={"kind": file.kind, "count": 1, **by})
        return record_activity(lead, "file", "file.added", actor, data=data, topics=topics)
    latest.data = {**latest.data, noun: int(latest.data.get(noun, 0)) + 1}
    publish(
        Event(
            name="file.added", workspace_id=lead.workspace_id, actor=actor, subject_type="lead", subject_id=lead.id,
            lead_id=lead.id, data={noun: 1, "file_id": str(file.id), "activity_id": str(latest.id)},
            topics=frozenset(topics),
        )
    )  # fmt: skip
    return latest


def _who_cares(lead: Lead, is_customers: bool) -> list[UUID]:
    """The owner; where that is nobody who works here the managers, unless what came belongs to a fresh enquiry."""
    if lead.owner_id is not None and works_on(lead.owner_id, lead):
        return [lead.owner_id]
    return managers() if is_customers and utcnow() - lead.created_at > _FRESH else []


def _latest_line(lead: Lead) -> Activity | None:
    return db.session.scalars(
        select(Activity)
        .where(Activity.workspace_id == lead.workspace_id, Activity.lead_id == lead.id)
        .order_by(Activity.at.desc(), Activity.id.desc())
        .limit(1)
    ).one_or_none()


def _goes_on(line: Activity, actor: Actor) -> bool:
    return line.event == "file.added" and line.actor_id == actor.user_id and utcnow() - line.at < _TOGETHER
