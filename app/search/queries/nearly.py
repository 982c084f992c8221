"""Names that are nearly spelt so. Sealed names can only be compared once they are opened, so this is for workspaces
small enough to open all of them: a larger one is told by the database before anything is read.
"""

import re
from collections.abc import Iterable
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import Row, and_, bindparam, func, select

from app.contacts.models import Contact
from app.core.keyring import cipher
from app.core.models import fixed
from app.core.search_index import fold, name_words
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage, StageCounter
from app.search.queries.found import FoundLead

#: Leads of a workspace whose names are all opened for one search; about 10 µs each.
MOST_OPENED = 3000
NEARLY_SHOWN = 5
#: Below this a word has too many neighbours.
SHORTEST_WORD = 4
#: From this length on two slips are forgiven instead of one.
LONG_WORD = 6
_WORD = re.compile(r"[^\W_]+")


def _statement() -> Any:
    here = bindparam("here")
    counted = select(func.coalesce(func.sum(StageCounter.leads), 0)).where(StageCounter.workspace_id == here)
    return (
        select(
            Lead.id, Lead.number, Lead.sector, Lead.district, Lead.contact_id, Contact.name_sealed,
            Stage.name.label("stage_name"), Stage.colour,
        )
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .join(Stage, and_(Stage.workspace_id == Lead.workspace_id, Stage.id == Lead.stage_id))
        .where(
            Lead.workspace_id == here, Lead.shelf == fixed("desk"),
            counted.scalar_subquery() <= fixed(MOST_OPENED),
        )
        .order_by(Lead.created_at.desc())
        .limit(bindparam("many"))
    )  # fmt: skip


_ALL = _statement()


def nearly(text: str) -> list[FoundLead]:
    """Leads whose name has a word within a slip (two in long ones) of each typed word, the nearest first, at most five.

    None in a workspace of more than 3,000 leads, or when a typed word is too short to be told from others.
    """
    words = _WORD.findall(fold(text))
    if not words or max(map(len, words)) < SHORTEST_WORD:
        return []
    rows = db.session.execute(_ALL, {"here": current_workspace_id(), "many": MOST_OPENED}).all()
    unseal = cipher().open
    names = [unseal(row.name_sealed, "contacts", "name_sealed", row.contact_id) or "" for row in rows]
    split = [name_words(name) for name in names]
    slips = [_slips(word, {each for parts in split for each in parts}) for word in words]
    scored = [
        (sum(each), place) for place, parts in enumerate(split) if (each := _all_within(parts, slips)) is not None
    ]
    return [_found(rows[place], names[place]) for _, place in sorted(scored)[:NEARLY_SHOWN]]


def _all_within(parts: list[str], slips: list[dict[str, int]]) -> list[int] | None:
    """For each typed word the slips to the nearest word of a name, or None when one is too far from all of them."""
    found = [min((near[part] for part in parts if part in near), default=None) for near in slips]
    return None if None in found else [each for each in found if each is not None]


def _slips(typed: str, words: Iterable[str]) -> dict[str, int]:
    """Words that begin nearly like what was typed, with how many letters are wrong, missing, doubled or swapped."""
    forgiven = 0 if len(typed) < SHORTEST_WORD else 1 if len(typed) < LONG_WORD else 2
    beginnings: dict[str, list[str]] = {}
    for word in words:
        for size in {min(len(word), len(typed) + more) for more in range(-forgiven, forgiven + 1)}:
            beginnings.setdefault(word[:size], []).append(word)
    near: dict[str, int] = {}
    for beginning, slips, _ in process.extract(
        typed, list(beginnings), scorer=OSA.distance, score_cutoff=forgiven, limit=None
    ):
        if slips > 1 and beginning[0] != typed[0]:
            continue  # two slips and another first letter make another name
        for word in beginnings[beginning]:
            near[word] = min(near.get(word, slips), slips)
    return near


def _found(row: Row[Any], name: str) -> FoundLead:
    place = row.sector or row.district or ""
    return FoundLead(row.id, row.number, ((name, False),), "", place, row.stage_name, row.colour)
