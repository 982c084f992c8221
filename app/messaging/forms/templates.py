"""What people type to write a template."""

from werkzeug.datastructures import MultiDict

from app.messaging.services.wording import TemplateDraft

#: More than any field takes; what is longer is told, not cut quietly at the limit itself.
_MOST = 25_000


def read_draft(form: MultiDict, channel: str) -> TemplateDraft:
    """Take a template of a channel out of a posted form."""
    words = {name: form.get(name, "").replace("\r\n", "\n")[:_MOST].strip() for name in ("name", "subject", "body")}
    return TemplateDraft(
        " ".join(words["name"].split()), channel, form.get("purpose", "service"),
        words["subject"] if channel == "email" else "", words["body"], form.get("is_quick_reply") == "1",
    )  # fmt: skip


def read_channel(form: MultiDict) -> str:
    """The channel that a form or an address names; email when it names none."""
    return "sms" if form.get("channel") == "sms" else "email"
