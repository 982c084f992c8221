"""Changing one page of the mapping: only what that page holds is compared, kept and written into the audit log."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from app.core.errors import Conflict
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.extensions import db
from app.squeegee.models import SqueegeeAccount
from app.squeegee.queries.account import get_account

#: What each page holds, by the account's columns.
SECTIONS: dict[str, tuple[str, ...]] = {
    "services": ("service_ids",),
    "frequencies": ("frequencies", "sends_quotes"),
    "wording": ("tags", "notes_template"),
    "rounds": ("rounds",),
    "file": ("file_columns",),
    "advanced": ("wire",),
}
#: Pages whose change may be what Squeegee's answer waited for.
_OPENS_THE_WAY = frozenset({"advanced"})


def fingerprint(account: SqueegeeAccount, section: str) -> str:
    """A few characters that change when what a page holds changes: what the form says it has seen."""
    return digest(_stored(account, section))


def digest(values: Mapping[str, Any]) -> str:
    """The same of any values. Nothing can be read back out of it."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def change_section(section: str, values: Mapping[str, Any], seen: str, actor: Actor) -> SqueegeeAccount:
    """Keep what a page holds; `values` are judged already. The same again changes nothing.

    Raises Conflict when it is not any more what the form had seen.
    """
    account = get_account(lock=True)
    before = _stored(account, section)
    after = {column: values[column] for column in SECTIONS[section]}
    if digest(before) != seen and before != after:
        raise Conflict("Someone else changed this page meanwhile.")
    if before == after:
        return account
    for column, value in after.items():
        setattr(account, column, value)
    db.session.flush()
    name = "squeegee.settings_changed" if section in _OPENS_THE_WAY else "squeegee.mapping_changed"
    publish(
        Event(
            name, account.workspace_id, actor, "squeegee_account", account.id, before=before, after=after,
            data={"section": section},
        )
    )  # fmt: skip
    return account


def _stored(account: SqueegeeAccount, section: str) -> dict[str, Any]:
    return {column: getattr(account, column) for column in SECTIONS[section]}
