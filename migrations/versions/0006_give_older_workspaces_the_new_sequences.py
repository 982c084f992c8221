"""Give workspaces of before the sequences that new ones start with, switched off, and their messages conversations

Nothing begins by itself in a workspace that never chose it. The words of these sequences need no rows: a workspace has
the templates that Sill comes with until it changes them.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TOUCHED = ("workspaces", "sequences", "sequence_versions", "conversations", "messages", "leads")
CONSENTED = [{"fact": "may_email", "operator": "is", "value": "yes"}]


def _step(key: str, kind: str, title: str, amount: int = 0, unit: str = "days", **given: Any) -> dict[str, Any]:
    delay = {"delay": {"amount": amount, "unit": unit}} if amount else {}
    return {"key": key, "kind": kind, "title": title, **delay, "counts": False, **given}


NO_SHOW = [
    _step("text", "sms", "Sorry we missed you", 30, "minutes", template_key="no_show_sms"),
    {
        "key": "silent", "kind": "branch", "title": "Are they silent?",
        "delay": {"amount": 1, "unit": "business_days"},
        "condition": {"on": "no_reply", "field": "", "operator": "", "value": ""},
        "yes": [
            _step("email", "email", "Find a new time", template_key="no_show_email"),
            _step("call", "call", "Call for a new time", 1, "business_days"),
        ],
    },
]  # fmt: skip
NURTURE = [
    _step(season, "email", season.capitalize(), month, "until_month", template_key=f"nurture_{season}")
    for season, month in (("spring", 3), ("summer", 6), ("autumn", 9), ("winter", 12))
]
WIN_BACK = [
    _step("ask", "email", "Ask again", template_key="win_back"),
    _step("call", "call", "Ask by phone", 5, "business_days"),
]
#: Key, name, description, rule, steps.
SEQUENCES: tuple[tuple[str, str, str, dict[str, Any], list[dict[str, Any]]], ...] = (
    (
        "no_show", "Nobody was there", "A text soon after, an email the day after when they stay silent, then a call.",
        {"event": "appointment.no_show", "conditions": []}, NO_SHOW,
    ),
    (
        "nurture", "Through the year",
        "Four mails a year to people who agreed to hear from us, at the turn of each season.",
        {"event": "lead.lost", "conditions": CONSENTED}, NURTURE,
    ),
    (
        "win_back", "Win back", "When the day has come on which a lost lead is worth another try.",
        {"event": "lead.return_due", "conditions": CONSENTED}, WIN_BACK,
    ),
)  # fmt: skip


def upgrade() -> None:
    with _seen_whole(*TOUCHED):
        for each in SEQUENCES:
            _add_sequence(*each)
        _begin_conversations()


def downgrade() -> None:
    """What was added is good before as well, and people may have changed it since."""


def _add_sequence(key: str, name: str, description: str, rule: dict[str, Any], steps: list[dict[str, Any]]) -> None:
    given = {
        "key": key, "name": name, "description": description, "rule": json.dumps(rule), "steps": json.dumps(steps),
    }  # fmt: skip
    op.get_bind().execute(
        sa.text(
            "with added as (insert into sequences (workspace_id, id, key, name, description, starts, rule,"
            " ends_with_stage, is_active, version_no, steps, position, created_at, version)"
            " select w.id, gen_random_uuid(), :key, :name, :description, 'rule', cast(:rule as jsonb), true, false, 1,"
            " cast(:steps as jsonb), coalesce((select max(s.position) from sequences s where s.workspace_id = w.id), 0)"
            " + 1, now(), 1 from workspaces w where not exists (select 1 from sequences s where s.workspace_id = w.id"
            " and (s.key = :key or lower(s.name) = lower(:name))) returning workspace_id, id, steps)"
            " insert into sequence_versions (workspace_id, id, sequence_id, version_no, steps, created_at)"
            " select workspace_id, gen_random_uuid(), id, 1, steps, now() from added"
        ),
        given,
    )


def _begin_conversations() -> None:
    """One for each contact that was written to, done unless the last word is theirs."""
    op.execute(
        "insert into conversations (workspace_id, id, contact_id, lead_id, state, owner_id, last_message_id, last_at,"
        " last_direction, unread_count, version)"
        " select m.workspace_id, gen_random_uuid(), m.contact_id, m.lead_id,"
        " case m.direction when 'in' then 'open' else 'done' end, l.owner_id, m.id, m.created_at, m.direction,"
        " case m.direction when 'in' then 1 else 0 end, 1"
        " from (select distinct on (workspace_id, contact_id) * from messages"
        "  where contact_id is not null and lead_id is not null"
        "  order by workspace_id, contact_id, created_at desc, id desc) m"
        " join leads l on l.workspace_id = m.workspace_id and l.id = m.lead_id"
        " on conflict do nothing"
    )


@contextmanager
def _seen_whole(*tables: str) -> Iterator[None]:
    """Let the tables' owner reach the rows of every workspace meanwhile; the walls stand for everyone else."""
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    yield
    for table in tables:
        op.execute(f"alter table {table} force row level security")
