"""Notes on a lead, and whom they mention."""

import re
from collections import Counter
from uuid import UUID

from app.activities.models import NOTE_TYPES, Activity
from app.activities.services.recording import record_activity
from app.core.errors import Invalid
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead
from app.workspaces.queries import workers

#: Characters of a note, and of what was said in a call.
LONGEST_NOTE = 10_000


def add_note(
    lead: Lead, text: str, actor: Actor, *, note_type: str = "general", customer_visible: bool = False
) -> Activity:
    """Keep a note on the lead; members named in it after an @ are told. Raises Invalid when it is empty, too long or
    of an unknown type.
    """
    text = text.strip()
    if not text:
        raise Invalid({"note": "Write something first."})
    if len(text) > LONGEST_NOTE:
        raise Invalid({"note": f"This note is too long: keep it under {LONGEST_NOTE:,} characters."})
    if note_type not in NOTE_TYPES:
        raise Invalid({"note_type": "Choose what kind of note this is."})
    mentioned = mentioned_in(text)
    return record_activity(
        lead, "note", "note.added", actor, body=text, note_type=note_type, is_customer_visible=customer_visible,
        data={"mentions": [str(user_id) for user_id in mentioned]} if mentioned else None,
    )  # fmt: skip


def mentioned_in(text: str) -> list[UUID]:
    """The members whose names stand in a text behind an @: whole names, or first names that only one of them has."""
    if "@" not in text:
        return []
    people = [(user_id, name.casefold()) for user_id, name in db.session.execute(workers())]
    first = Counter(name.split()[0] for _, name in people if name.split())
    folded = text.casefold()
    return [
        user_id
        for user_id, name in people
        if _stands_in(name, folded) or (first[name.split()[0]] == 1 and _stands_in(name.split()[0], folded))
    ]


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", text) is not None
