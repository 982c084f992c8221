"""Hangs tags on the demo's leads, as a firm does that has used them for two months."""

from collections.abc import Sequence
from random import Random

from sqlalchemy import insert

from app.extensions import db
from app.leads.models import LeadTag, Tag
from app.workspaces.demo.history import History

#: Name, colour, and on how many of a hundred leads it hangs.
TAGS = (
    ("Ring first", "teal", 12), ("Dog", "orange", 8), ("Hard water", "blue", 10), ("Key safe", "grey", 5),
    ("Landlord", "purple", 6), ("Wants Tuesdays", "green", 4),
)  # fmt: skip


def hang_tags(histories: Sequence[History], random: Random) -> None:
    """Make the tags and hang each on some of the leads. The same `random` gives the same ones."""
    rows = []
    tags = [Tag(name=name, colour=colour) for name, colour, _ in TAGS]
    db.session.add_all(tags)
    db.session.flush()
    for history in histories:
        for tag, (_, _, share) in zip(tags, TAGS, strict=True):
            if random.random() * 100 < share:
                rows.append({"workspace_id": tag.workspace_id, "lead_id": history.lead.id, "tag_id": tag.id})
    db.session.execute(insert(LeadTag), rows)
