"""What the page of a template is made of."""

from typing import Any

from flask import Response, g, request

from app.core import web
from app.core.clock import utcnow
from app.core.fragments import page
from app.core.security import allow_own_frames
from app.leads.models import Lead
from app.messaging.models import MessageTemplate
from app.messaging.queries import templates as reading
from app.messaging.services.rehearsing import try_words
from app.messaging.services.weighing import weigh
from app.messaging.services.wording import TemplateDraft, check_words
from app.messaging.words import TEMPLATE_USES, VARIABLE_WORDS
from app.search.queries import FoundLead, find, recent_leads
from app.search.services import note_look
from app.workspaces.layout import desk
from app.workspaces.queries import current_workspace


def draft_of(template: MessageTemplate) -> TemplateDraft:
    """A template as its form shows it."""
    return TemplateDraft(
        template.name, template.channel, template.purpose, template.subject, template.body, template.is_quick_reply
    )


def editor(
    template: MessageTemplate | None, draft: TemplateDraft, status: int = 200, *,
    errors: dict[str, str] | None = None, conflict: str = "", told: str = "",
) -> Response:  # fmt: skip
    """The page on which words are written. `told`: what became of a test."""
    allow_own_frames()
    key, seen = (template.key, str(template.version)) if template else ("", "")
    if "seen" in request.form and not conflict:
        seen = request.form["seen"]  # who mends a slip, or tries the words out, has seen no more than before
    return page(
        "messaging/templates/page.html", status, **desk("settings"), settings_page="templates", template=template,
        draft=draft, errors=errors or {}, conflict=conflict, told=told, is_unsaved=bool(status >= 400 or told),
        versions=reading.versions_of(template) if template else [], is_own=key in reading.OWN_KEYS,
        used_in=reading.used_in().get(key, []), use=TEMPLATE_USES.get(key, ""), variables=VARIABLE_WORDS,
        may_write=g.viewer.can("settings:write"), leads=leads_for(""), chosen=None,
        template_key=key, seen=seen, **state_of(draft, None),
    )  # fmt: skip


def state_of(draft: TemplateDraft, lead: Lead | None) -> dict[str, Any]:
    """What is wrong with words being typed, by field, and what a text of them costs when it is filled in."""
    is_blank = not draft.body and not draft.subject
    faults = {} if is_blank else check_words(draft.channel, draft.subject or "-", draft.body or "-")
    length = weigh(try_words(draft, lead, may_answer=True).words.body) if draft.channel == "sms" else None
    return {"faults": faults, "length": length}


def leads_for(typed: str) -> list[FoundLead]:
    """The leads to look at words with: those found by what was typed, else the newest."""
    if not typed.strip():
        return recent_leads([])[1]
    workspace = current_workspace()
    today = utcnow().astimezone(workspace.clock().zone).date()
    found = find(typed, workspace.lead_number_prefix, workspace.lead_number_year, today)
    note_look(found.hits, "template-words", web.actor())
    return found.leads
