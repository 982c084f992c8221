"""Keeping templates: written, changed, put away, set back to earlier words. Every wording stays known by its number."""

import secrets
from datetime import datetime

from sqlalchemy import func, select

from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import MessageTemplate, MessageTemplateVersion
from app.messaging.queries.templates import (
    MOST,
    OWN_KEYS,
    find_template,
    list_templates,
    used_in,
    words_once,
)
from app.messaging.services.wording import TemplateDraft, check_words

__all__ = ["TemplateDraft", "archive", "check_words", "list_templates", "restore", "save"]


def save(key: str | None, draft: TemplateDraft, seen_version: int | None, actor: Actor) -> MessageTemplate:
    """Keep what somebody wrote; without a `key` as a new template.

    Changed words make a new version; messages that wait to leave keep theirs. Raises Invalid, NotFound, and Conflict
    (details: `now`, the template) when somebody changed it since `seen_version`.
    """
    draft.check()
    if key is None:
        return _add(draft, actor)
    template = find_template(key, lock=True)
    if seen_version is not None and template.version != seen_version:
        raise Conflict("Someone else changed these words while you were writing.", now=template)
    if draft.channel != template.channel:
        raise Invalid({"channel": "A template keeps its channel. Write a new one instead."})
    return _change(template, draft, actor)


def restore(key: str, version_no: int, actor: Actor) -> MessageTemplate:
    """Set a template back to earlier words, which makes a new version of them. Raises NotFound and Invalid (words that
    could be kept then need not be good now).
    """
    template = find_template(key, lock=True)
    once = words_once(template.id, version_no)
    draft = TemplateDraft(
        template.name, template.channel, once.purpose, once.subject, once.body, template.is_quick_reply
    )
    draft.check()
    return _change(template, draft, actor)


def archive(key: str, actor: Actor, *, is_away: bool = True) -> MessageTemplate:
    """Put a template away, or take it out again. Raises NotFound, and Conflict while something sends it."""
    if key in OWN_KEYS:
        raise Conflict("Sill sends these words by itself, so they can be changed but not put away.")
    template = find_template(key, lock=True)
    users = used_in().get(key, []) if is_away else []
    if users:
        raise Conflict(f"{_names([each.name for each in users])} still sends it. Take it out there first.")
    at: datetime | None = utcnow() if is_away else None
    if (template.archived_at is None) == is_away:
        db.session.add(template)
        template.archived_at = at
        db.session.flush()
        _tell("template.archived" if is_away else "template.returned", template, actor)
    return template


def _add(draft: TemplateDraft, actor: Actor) -> MessageTemplate:
    kept = select(func.count()).where(MessageTemplate.workspace_id == current_workspace_id())
    if (db.session.scalar(kept) or 0) >= MOST:
        raise Invalid({"name": f"A workspace keeps {MOST} templates. Change one that is no longer used."})
    template = MessageTemplate(
        key=f"own-{secrets.token_hex(5)}", name=draft.name, channel=draft.channel, purpose=draft.purpose,
        subject=_subject(draft), body=draft.body, is_quick_reply=draft.is_quick_reply,
    )  # fmt: skip
    db.session.add(template)
    db.session.flush()
    _keep_words(template, actor)
    _tell("template.added", template, actor)
    return template


def _change(template: MessageTemplate, draft: TemplateDraft, actor: Actor) -> MessageTemplate:
    words = (draft.purpose, _subject(draft), draft.body)
    is_new = words != (template.purpose, template.subject, template.body)
    if not is_new and (draft.name, draft.is_quick_reply) == (template.name, template.is_quick_reply):
        return template
    if template not in db.session:
        db.session.add(template)
        db.session.flush()
    if is_new:
        if template.version_no == 1:
            _keep_words(template, None)
        template.purpose, template.subject, template.body = words
        template.version_no += 1
    template.name, template.is_quick_reply = draft.name, draft.is_quick_reply
    db.session.flush()
    if is_new:
        _keep_words(template, actor)
    _tell("template.changed", template, actor)
    return template


def _keep_words(template: MessageTemplate, actor: Actor | None) -> None:
    """Write down how the words stand, unless that is done already."""
    known = select(MessageTemplateVersion.id).where(
        MessageTemplateVersion.workspace_id == template.workspace_id,
        MessageTemplateVersion.template_id == template.id, MessageTemplateVersion.version_no == template.version_no,
    )  # fmt: skip
    if db.session.scalar(known) is None:
        db.session.add(
            MessageTemplateVersion(
                template_id=template.id, version_no=template.version_no, purpose=template.purpose,
                subject=template.subject, body=template.body, created_by=actor.user_id if actor else None,
            )
        )  # fmt: skip
        db.session.flush()


def _subject(draft: TemplateDraft) -> str:
    return " ".join(draft.subject.split()) if draft.channel == "email" else ""


def _names(names: list[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{names[0]} and {len(names) - 1} others"


def _tell(name: str, template: MessageTemplate, actor: Actor) -> None:
    publish(
        Event(
            name, template.workspace_id, actor, "template", template.id,
            data={"key": template.key, "version_no": template.version_no, "channel": template.channel},
        )
    )  # fmt: skip
