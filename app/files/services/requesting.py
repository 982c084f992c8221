"""Asking a customer for photos by a link that opens nothing but the page to send them, and taking them in."""

from datetime import timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, func, select

from app.activities.services import record_activity
from app.core import access_keys
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.loading import load_one
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.core.transactions import keep
from app.extensions import db
from app.files.models import File, PhotoRequest
from app.files.services.adding import add_file
from app.leads.models import Lead
from app.leads.services import get_lead
from app.messaging import services as messaging

#: As many as show a house from all sides.
MOST_SENT = 10
OPEN_FOR = timedelta(days=30)
#: A link that ends sooner than this is not sent once more.
_WORTH_SENDING = timedelta(days=7)
TEMPLATES = {"email": "photos_email", "sms": "photos_sms"}


def photo_request(lead: Lead, actor: Actor) -> PhotoRequest:
    """The link's row: the one that is open already, or a new one. The lead's row is locked by the caller."""
    known = open_request(lead.id)
    if known is not None and known.expires_at > utcnow() + _WORTH_SENDING:
        return known
    secret, ends = access_keys.new_secret(), utcnow() + OPEN_FOR
    asked = PhotoRequest(lead_id=lead.id, link_secret=secret, created_by=actor.user_id, expires_at=ends)
    db.session.add(asked)
    db.session.flush()
    access_keys.register("photos", secret, asked.workspace_id, asked.id, ends)
    return asked


def photo_link(asked: PhotoRequest) -> str:
    """The address to send."""
    return f"{current_app.config['PUBLIC_URL']}/p/{asked.link_secret}"


def ask_for_photos(lead_id: UUID, channel: str, actor: Actor) -> str:
    """Ask the lead's customer for photos by email or sms, or by neither for a link to be copied; the link.

    Raises Invalid (with `channel`) for a way that they can't be reached by, TemplateFault, NotFound.
    """
    lead = get_lead(lead_id, lock=True)
    recipient = messaging.ways_to_reach(lead.contact).get(channel)
    if recipient is None and channel != "link":
        raise Invalid({"channel": "This customer can't be reached that way. Choose another."})
    link = photo_link(photo_request(lead, actor))
    if recipient is not None:
        words = messaging.render_template(TEMPLATES[channel], lead, link=link, link_label="Send photos")
        messaging.compose(
            lead, channel, recipient=recipient, subject=words.subject, body=words.body, html=words.html,
            template_key=TEMPLATES[channel], template_version_no=words.version_no,
            created_by=actor.user_id, actor=actor,
        )  # fmt: skip
    record_activity(lead, "file", "photos.requested", actor, data={"by": channel})
    return link


def revoke_photo_link(lead_id: UUID, actor: Actor) -> None:
    """Take back every link of the lead that is still open; one that ends soon may have been followed by another."""
    lead = get_lead(lead_id, lock=True)
    still_open = db.session.scalars(_open_requests(lead.id).with_for_update()).all()
    for asked in still_open:
        asked.revoked_at = utcnow()
    if still_open:
        db.session.flush()
        record_activity(lead, "file", "photos.link_revoked", actor)


def open_request(lead_id: UUID) -> PhotoRequest | None:
    """The lead's link that can be used now, the newest."""
    return db.session.scalars(_open_requests(lead_id).order_by(PhotoRequest.created_at.desc()).limit(1)).first()


def _open_requests(lead_id: UUID) -> Select[tuple[PhotoRequest]]:
    return select(PhotoRequest).where(
        PhotoRequest.workspace_id == current_workspace_id(), PhotoRequest.lead_id == lead_id,
        PhotoRequest.revoked_at.is_(None), PhotoRequest.expires_at > utcnow(),
    )  # fmt: skip


def get_request(request_id: UUID) -> PhotoRequest:
    """The row behind a link. Raises NotFound."""
    here = PhotoRequest.workspace_id == current_workspace_id()
    return load_one(select(PhotoRequest).where(here, PhotoRequest.id == request_id))


def count_sent(asked: PhotoRequest) -> int:
    """How many photos came from the customer since they were asked."""
    query = select(func.count()).where(
        File.workspace_id == current_workspace_id(), File.lead_id == asked.lead_id, File.uploaded_by.is_(None),
        File.removed_at.is_(None), File.created_at >= asked.created_at,
    )  # fmt: skip
    return int(db.session.scalar(query) or 0)


def send_photo(request_id: UUID, name: str, content: bytes, actor: Actor) -> File:
    """Take in one photo of a customer's. The same one again is kept once. What was done so far is committed: no
    connection is held while the photo is looked at. Raises Invalid (with `file`), NotFound.
    """
    asked = get_request(request_id)
    if asked.revoked_at is not None:
        raise Invalid({"file": "This link was taken back."})
    enough = Invalid({"file": f"{MOST_SENT} photos are enough. Thank you!"})
    if count_sent(asked) >= MOST_SENT:
        raise enough
    keep()

    def check_room() -> None:
        if count_sent(asked) >= MOST_SENT:  # many may have been on their way side by side
            raise enough

    return add_file(asked.lead_id, name, content, actor, only="photo", check_room=check_room)
