"""How a form once stood. A version is kept for each change of what customers are shown, and never changed itself."""

from app.core.clock import utcnow
from app.core.permissions import Actor
from app.extensions import db
from app.lead_forms.models import LeadForm, LeadFormVersion
from app.lead_forms.queries import find_version

#: What customers are shown; a change of any of these makes a new version.
SHOWN = ("consent_wording", "thank_you", "content")


def keep_version(form: LeadForm, actor: Actor) -> None:
    """Keep the form as it stands now. One that was never changed has no version yet, and then gets its first."""
    if find_version(form.id, form.version_no) is not None:
        return
    # The first version of a form is kept when it is changed; nobody made it then.
    is_first = form.version_no == 1
    db.session.add(
        LeadFormVersion(
            form_id=form.id, version_no=form.version_no, consent_wording=form.consent_wording,
            thank_you=form.thank_you, content=dict(form.content), created_by=None if is_first else actor.user_id,
            created_at=form.created_at if is_first else utcnow(),
        )
    )  # fmt: skip
    db.session.flush()
