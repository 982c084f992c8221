"""What happens to leads is recorded here."""

from app.activities.services.contacts import log_call, note_contact, note_contacts, unnote_contact
from app.activities.services.notes import add_note, mentioned_in
from app.activities.services.recording import (
    Entry,
    record_activity,
    record_entries,
    record_for_each,
    set_quietly,
    touch_all,
)

__all__ = [
    "Entry", "add_note", "log_call", "mentioned_in", "note_contact", "note_contacts",
    "record_activity", "record_entries", "record_for_each", "set_quietly", "touch_all", "unnote_contact",
]  # fmt: skip
