"""Entries of the log made by hand, as other features' events would have left them."""

import html
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.audit.models import AuditEntry
from app.core.clock import utcnow
from app.extensions import db

URL = "/w/wells/settings/audit"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def entry(action: str, *, ago: timedelta = timedelta(), at: datetime | None = None, **other: Any) -> UUID:
    """One entry in the workspace in scope; Sill's, about nothing, unless said otherwise."""
    values = {"subject_type": "workspace", "actor_kind": "system", **other}
    made = AuditEntry(action=action, at=at or utcnow() - ago, **values)
    db.session.add(made)
    db.session.commit()
    return made.id


def many(workspace_id: UUID, count: int, action: str = "lead.starred", **columns: Any) -> None:
    """So many entries, a minute apart, the newest a day ago, by one statement."""
    db.session.execute(
        text(
            "insert into audit_entries (workspace_id, id, at, action, subject_type, subject_id, actor_kind, actor_id)"
            " select :here, gen_random_uuid(), now() - interval '1 day' - make_interval(mins => n), :action, 'lead',"
            " :subject, :kind, :actor from generate_series(0, :count - 1) n"
        ),
        {
            "here": workspace_id, "action": action, "count": count, "subject": columns.get("subject_id"),
            "actor": columns.get("actor_id"), "kind": "person" if columns.get("actor_id") else "system",
        },
    )  # fmt: skip
    db.session.commit()


def rows(page: str) -> list[list[str]]:
    """The cells of each entry on a page: when, who, what, about, from where."""
    found = re.findall(r'<tr id="audit-entry-[^"]+">(.*?)</tr>', page, re.DOTALL)
    return [[_text(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[:5]] for row in found]


def whats(page: str) -> list[str]:
    """What was done, by entry."""
    return [row[2] for row in rows(page)]


def link(page: str, rel: str) -> str | None:
    """The address of the next or the previous page."""
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return html.unescape(found[1]) if found else None


def facts(page: str) -> list[list[str]]:
    """The rows of the table of facts."""
    body = page.split("log-facts", 1)[1].split("<tbody>", 1)[1]
    return [
        [_text(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def _text(cell: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", cell)).split())
