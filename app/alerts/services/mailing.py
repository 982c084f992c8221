"""Mails to members: lists of leads with links, in parts with headings."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import current_app

from app.core.fragments import fragment
from app.core.permissions import SYSTEM
from app.messaging.services.composing import compose
from app.workspaces.queries import current_workspace


@dataclass(frozen=True, slots=True)
class MailLine:
    """A lead in a list: the customer's name, what it waits for, and how long, in words."""

    lead_id: UUID
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class MailPart:
    """A heading and its lines; `more` says how much is not listed, which `path` below the workspace's address shows."""

    heading: str
    lines: Sequence[MailLine]
    more: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class MailFoot:
    """Why somebody gets a mail, and the page below the workspace's address that changes it: its path and name."""

    words: str
    path: str = "notifications"
    page: str = "Notifications"


def mail_list(email: str, subject: str, greeting: str, parts: Sequence[MailPart], foot: MailFoot) -> None:
    """Send a member, or the workspace's own address, a mail of lists, in the running transaction."""
    workspace = current_workspace()
    base = f"{current_app.config['PUBLIC_URL']}/w/{workspace.slug}"
    html = fragment("emails/list.html", greeting=greeting, parts=parts, foot=foot, base=base, workspace=workspace)
    compose(
        None, "email", recipient=email, subject=subject, body=_text(greeting, parts, foot, base), html=str(html),
        actor=SYSTEM,
    )  # fmt: skip


def _text(greeting: str, parts: Sequence[MailPart], foot: MailFoot, base: str) -> str:
    lines = [greeting, ""]
    for part in parts:
        lines += [part.heading, ""]
        lines += [f"- {line.name}: {line.words}\n  {base}/leads/{line.lead_id}" for line in part.lines]
        if part.more:
            lines.append(f"- and {part.more}: {base}/{part.path}")
        lines.append("")
    return "\n".join([*lines, foot.words, f"{base}/{foot.path}"])
