"""What comes from a page that was sent before: who goes back to it and corrects their number has sent it, as far as
they know. It makes no second lead; what is different reaches the desk.
"""

from collections.abc import Iterator

from sqlalchemy import select

from app.activities.models import Activity
from app.activities.services import record_activity
from app.core.keyring import search_index
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.lead_forms.models import FormSubmission, LeadForm, LeadFormVersion
from app.lead_forms.services.content import Content, content_of
from app.lead_forms.services.questions import CHANNEL_CHOICES
from app.lead_forms.services.tokens import FormToken
from app.lead_forms.services.typed import Typed, from_json, to_json
from app.leads.services import get_lead

_HEADING = "Sent the form once more, with other answers:"
_BLANK = "nothing"


def note_changes(
    form: LeadForm, shown: LeadForm | LeadFormVersion, token: FormToken, typed: Typed, actor: Actor, *,
    is_doubted: bool,
) -> None:  # fmt: skip
    """Note on the lead of an earlier sending of this page which answers are others now, each such sending once; one
    that waits in the quarantine holds them itself from now on. What is doubted goes on no lead.
    """
    here = current_workspace_id()
    earlier = db.session.scalars(
        select(FormSubmission)
        .where(
            FormSubmission.workspace_id == here, FormSubmission.form_id == form.id,
            FormSubmission.submission_key == token.submission_key,
        )
        .with_for_update()
    ).one()  # fmt: skip
    if earlier.state == "deleted":
        return
    before, came_from = from_json(earlier.answers)
    changed = list(_changed(content_of(shown), before, typed))
    if not changed:
        return
    if earlier.state == "quarantined":
        earlier.answers = to_json(typed, came_from)
        db.session.flush()
        return
    if earlier.lead_id is None or is_doubted:
        return
    lead = get_lead(earlier.lead_id, lock=True)
    words = "\n".join((_HEADING, *changed))
    mark = search_index().exact("sent_text", words).hex()
    noted = select(Activity.id).where(
        Activity.workspace_id == here, Activity.lead_id == lead.id, Activity.data["sent_again"].astext == mark
    )
    if db.session.scalar(noted.limit(1)) is None:
        record_activity(
            lead, "note", "note.added", actor, body=words, note_type="customer_request", data={"sent_again": mark},
        )  # fmt: skip


def _changed(content: Content, before: Typed, now: Typed) -> Iterator[str]:
    """Each answer that is another one, as "Phone: 07700 900123", in the order of the form."""
    for question in content.questions.values():
        words = dict(question.choices)
        if before[question.key] != now[question.key]:
            yield f"{question.label}: {words.get(now[question.key], now[question.key]) or _BLANK}"
        ticked = now.ticked(question.key)
        if set(before.ticked(question.key)) != set(ticked):
            yield f"{question.label}: {', '.join(words.get(each, each) for each in ticked) or _BLANK}"
        for channel, box in CHANNEL_CHOICES.items() if question.key == "marketing" else ():
            if before[f"marketing_{channel}"] != now[f"marketing_{channel}"]:
                yield f"{question.label}, {box.lower()}: {'yes' if now[f'marketing_{channel}'] else 'no'}"
