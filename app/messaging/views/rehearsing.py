"""Words while they are being written: filled in for a lead, judged, weighed, and sent to oneself."""

from flask import Response, g, make_response, request

from app.core import phones, web
from app.core.errors import NotFound
from app.core.fragments import answer, fragment, wants_fragment
from app.core.ids import parse_id
from app.core.network import SENDING, person_or_block
from app.core.permissions import permit
from app.core.security import allow_framing_by
from app.extensions import limiter
from app.leads.models import Lead
from app.leads.services import get_lead
from app.messaging.forms.templates import read_channel, read_draft
from app.messaging.queries.templates import find_template
from app.messaging.services.letters import with_head
from app.messaging.services.rehearsing import send_trial, try_words
from app.messaging.services.wording import TemplateDraft, check_words
from app.messaging.views import bp
from app.messaging.views.template_page import editor, leads_for, state_of
from app.workspaces.queries import current_workspace

_MOST_TYPED = 100
#: The drawn mail may style itself and nothing else; its links lead nowhere.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox allow-same-origin"
)


@bp.post("/w/<slug>/settings/templates/words/preview")
@permit("settings:read")
def preview_words(slug: str) -> Response:
    """What is being written as its reader gets it: a page for the frame beside the editor."""
    draft, lead = read_draft(request.form, read_channel(request.form)), _lead()
    trial = try_words(draft, lead, _key(), may_answer=g.viewer.can("quotes:write"))
    allow_framing_by(["'self'"])
    scheme = "dark" if request.form.get("mode") == "dark" else "light"
    values = {
        "trial": trial, "business": current_workspace().name, "to": lead.contact.name if lead else "",
        "faults": check_words(draft.channel, draft.subject or "-", draft.body or "-"),
    }  # fmt: skip
    if draft.channel == "sms":
        drawn = str(fragment("emails/preview_text.html", scheme=scheme, **values))
    else:
        drawn = with_head(trial.words.html or "", fragment("emails/preview_head.html", **values), scheme)
    response = make_response(drawn)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/w/<slug>/settings/templates/words/check")
@permit("settings:read")
def check_template(slug: str) -> Response:
    """What is wrong with the words being typed, and what a text of them costs."""
    draft = read_draft(request.form, read_channel(request.form))
    return answer(fragment("messaging/templates/_state.html", **state_of(draft, _lead())))


@bp.post("/w/<slug>/settings/templates/words/leads")
@permit("settings:read")
def trial_leads(slug: str) -> Response:
    """The leads to choose from, found by what was typed."""
    found = leads_for(request.form.get("q", "")[:_MOST_TYPED])
    return answer(fragment("messaging/templates/_leads.html", leads=found, chosen=found[0].id if found else None))


@bp.post("/w/<slug>/settings/templates/words/test")
@permit("settings:write")
@limiter.limit(SENDING, key_func=person_or_block)
def test_words(slug: str) -> Response:
    """Send what is being written to its writer."""
    draft = read_draft(request.form, read_channel(request.form))
    told, status = _send_test(draft)
    if wants_fragment():
        return answer(fragment("messaging/templates/_told.html", told=told, is_bad=status >= 400), status=status)
    key = _key()
    return editor(find_template(key) if key else None, draft, status, told=told)


def _send_test(draft: TemplateDraft) -> tuple[str, int]:
    faults = check_words(draft.channel, draft.subject, draft.body)
    if faults:
        return next(iter(faults.values())), 422
    recipient, shown = g.viewer.email, g.viewer.email
    if draft.channel == "sms":
        phone = phones.parse(request.form.get("test_number", "")[:40])
        if phone is None or phone.kind != "mobile":
            return "Enter your own mobile number, like 07700 900123.", 422
        recipient, shown = phone.e164, phone.national
    send_trial(draft, _lead(), recipient, web.actor(), _key())
    return f"On its way to {shown}.", 200


def _lead() -> Lead | None:
    wanted = parse_id(request.form.get("lead_id", ""))
    try:
        return get_lead(wanted) if wanted else None
    except NotFound:
        return None


def _key() -> str:
    return request.form.get("template_key", "")[:60]
