"""Photos that come with a form. They are drawn anew before anything is kept, so that neither the place where they were
taken nor anything hidden in them comes along; of a sending in the quarantine they wait beside it.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid5

import structlog
from sqlalchemy import func, select

from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.core.transactions import after_commit, keep
from app.extensions import db
from app.files.models import File
from app.files.ports import BlobMissing, StoreUnavailable
from app.files.services import ExaminerFailed, add_file, delete_variants, open_variant
from app.files.services.examining import examine
from app.files.services.keeping import seal_variants, store_variants
from app.files.services.naming import clean_name
from app.lead_forms.models import FormSubmission, SubmissionPhoto
from app.lead_forms.services.questions import MOST_PHOTOS
from app.lead_forms.services.receiving import Receipt

log = structlog.get_logger(__name__)
#: Held-back photos of one workspace; robots may send many, and none of these was asked for.
_MOST_HELD = 300
_CUSTOMER = Actor("customer")
_OUT_OF_REACH = "Its photos can't be fetched just now. It waits here as before; try again in a while."


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it was sent: what its sender calls it, and its bytes."""

    name: str
    content: bytes


def keep_photo(photo: Photo, receipt: Receipt, actor: Actor) -> bool:
    """Keep one photo with what became of its sending; whether that could be done. What was done so far is kept: no
    connection is held while a photo is looked at.

    The same photo again is kept once, so that a sending can be repeated. The lead itself is never in danger.
    """
    try:
        lead_id, submission_id = receipt.lead_id, receipt.submission_id
        if lead_id is not None and _sent_before(lead_id) < MOST_PHOTOS:
            keep()
            add_file(
                lead_id, photo.name, photo.content, actor, only="photo", check_room=lambda: _check_room(lead_id)
            )
        elif submission_id is not None and held_counts([submission_id]).get(submission_id, 0) < MOST_PHOTOS:
            _hold(photo, submission_id)
    except Invalid:
        return False
    except (StoreUnavailable, ExaminerFailed) as error:
        log.error("form_photo_not_kept", error=type(error).__name__)
        return False
    return True


def release_photos(submission_id: UUID, lead_id: UUID) -> None:
    """Put the photos of a sending that is let out on its lead, as its customer's, whoever lets it out. What is there no
    more, or is no picture, is left out.

    Raises Conflict while the store can't be reached: the photos must not be deleted for that.
    """
    for held in _held(submission_id):
        try:
            with suppress(BlobMissing, Invalid):
                add_file(lead_id, held.name, open_variant(held.id, "main").read(), _CUSTOMER, only="photo")
        except (StoreUnavailable, ExaminerFailed) as error:
            log.error("form_photos_not_released", error=type(error).__name__)
            raise Conflict(_OUT_OF_REACH) from error
    drop_photos(submission_id)


def drop_photos(submission_id: UUID) -> None:
    """Delete the photos of a sending for good: the rows now, the bytes once that is certain."""
    workspace_id = current_workspace_id()
    for held in _held(submission_id):
        db.session.delete(held)
        after_commit(lambda photo_id=held.id: _delete_bytes(workspace_id, photo_id))
    db.session.flush()


def held_counts(submission_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many photos wait beside each of these sendings."""
    if not submission_ids:
        return {}
    query = (
        select(SubmissionPhoto.submission_id, func.count())
        .where(SubmissionPhoto.workspace_id == current_workspace_id())
        .where(SubmissionPhoto.submission_id.in_(submission_ids))
        .group_by(SubmissionPhoto.submission_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _hold(photo: Photo, submission_id: UUID) -> None:
    # Named by what it is, so that a sending that is repeated holds the same photo once.
    photo_id = uuid5(submission_id, sha256(photo.content).hexdigest())
    if db.session.get(SubmissionPhoto, (current_workspace_id(), photo_id)) is not None:
        return
    keep()
    examined = examine(photo.content, is_strangers=True)
    if examined.kind != "photo":
        raise Invalid({"file": "This is not a picture."})
    here = SubmissionPhoto.workspace_id == current_workspace_id()
    if not _waits_still(submission_id):
        raise Invalid({"file": "Somebody has decided about it meanwhile."})
    if db.session.get(SubmissionPhoto, (current_workspace_id(), photo_id)) is not None:
        return  # the same sending, side by side with this one
    if (db.session.scalar(select(func.count()).where(here)) or 0) >= _MOST_HELD:
        raise Invalid({"file": "Too many pictures wait to be looked at."})
    store_variants(seal_variants(photo_id, examined.content, examined.thumb))
    db.session.add(
        SubmissionPhoto(
            id=photo_id, submission_id=submission_id, name=clean_name(photo.name, examined.content_type),
            content_type=examined.content_type, size_bytes=len(examined.content), created_at=utcnow(),
        )
    )  # fmt: skip
    db.session.flush()


def _waits_still(submission_id: UUID) -> bool:
    """Whether a sending is in the quarantine, held so that nobody decides about it or adds to it meanwhile."""
    query = select(FormSubmission.state).where(
        FormSubmission.workspace_id == current_workspace_id(), FormSubmission.id == submission_id
    )
    return db.session.scalar(query.with_for_update()) == "quarantined"


def _held(submission_id: UUID) -> Sequence[SubmissionPhoto]:
    return db.session.scalars(
        select(SubmissionPhoto)
        .where(SubmissionPhoto.workspace_id == current_workspace_id(), SubmissionPhoto.submission_id == submission_id)
        .order_by(SubmissionPhoto.created_at, SubmissionPhoto.id)
    ).all()


def _sent_before(lead_id: UUID) -> int:
    """Photos on a lead that its customer sent."""
    query = select(func.count()).where(
        File.workspace_id == current_workspace_id(), File.lead_id == lead_id, File.uploaded_by.is_(None)
    )
    return int(db.session.scalar(query) or 0)


def _check_room(lead_id: UUID) -> None:
    if _sent_before(lead_id) >= MOST_PHOTOS:  # the same sending again, side by side with other photos
        raise Invalid({"file": f"{MOST_PHOTOS} photos are enough."})


def _delete_bytes(workspace_id: UUID, photo_id: UUID) -> None:
    try:
        delete_variants(workspace_id, photo_id)
    except StoreUnavailable as error:  # the sweep finds bytes without a row
        log.warning("form_photo_left_for_sweep", photo=str(photo_id), code=str(error))
