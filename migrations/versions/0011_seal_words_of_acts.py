"""Seal what people call the acts that they plan

Such words are about a customer like those of a note. They stood as titles; now they are sealed beside one, and a lead
keeps those of its next act as it keeps its title. Before this, they are opened again on the way down.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from flask import current_app

from app.core.crypto import WorkspaceCipher

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BOUND_TO = ("leads", "next_words_sealed")
#: Titles that Sill gives: they say nothing of anybody.
USUAL = ("Call", "Call back", "Write an email", "Visit", "Task")
TITLES = {"call": "Call", "task": "Task"}
#: Acts that belong to no stage and to no sequence.
BY_HAND = "stage_change_id is null and enrolment_id is null and kind in ('call', 'task')"
LEADS_NEXT = (
    "update leads l set next_act = a.title, next_words_sealed = {words} from follow_ups a"
    " where a.workspace_id = :here and a.id = :act and a.state = 'planned'"
    " and l.workspace_id = :here and l.id = a.lead_id and l.next_act = :was and l.next_act_at = a.due_at"
)


def upgrade() -> None:
    for table, column in (("follow_ups", "words_sealed"), ("leads", "next_words_sealed")):
        op.add_column(table, sa.Column(column, sa.LargeBinary()))
    with _seen_whole("follow_ups", "leads", "workspace_keys"):
        rows = _read(f"select workspace_id, id, lead_id, kind, title from follow_ups where {BY_HAND}")
        for row in rows:
            if row.title not in USUAL:
                words = _cipher(row.workspace_id).seal(row.title, *BOUND_TO, row.lead_id)
                _write(
                    "update follow_ups set title = :title, words_sealed = :words"
                    " where workspace_id = :here and id = :act",
                    here=row.workspace_id, act=row.id, title=TITLES[row.kind], words=words,
                )  # fmt: skip
                _write(
                    LEADS_NEXT.format(words=":words"), here=row.workspace_id, act=row.id, was=row.title, words=words
                )  # fmt: skip
    _ciphers.clear()


def downgrade() -> None:
    with _seen_whole("follow_ups", "leads", "workspace_keys"):
        rows = _read("select workspace_id, id, lead_id, title, words_sealed from follow_ups"
                     " where words_sealed is not null")  # fmt: skip
        for row in rows:
            words = _cipher(row.workspace_id).open(row.words_sealed, *BOUND_TO, row.lead_id)
            _write(
                "update follow_ups set title = :words where workspace_id = :here and id = :act",
                here=row.workspace_id, act=row.id, words=words,
            )  # fmt: skip
            _write(LEADS_NEXT.format(words="null"), here=row.workspace_id, act=row.id, was=row.title)
    _ciphers.clear()
    for table, column in (("follow_ups", "words_sealed"), ("leads", "next_words_sealed")):
        op.drop_column(table, column)


_ciphers: dict[UUID, WorkspaceCipher] = {}


def _cipher(workspace_id: UUID) -> WorkspaceCipher:
    if workspace_id not in _ciphers:
        masters = current_app.extensions["master_keys"]
        rows = _read(
            "select key_no, wrapped from workspace_keys where workspace_id = :here and purpose = 'data'",
            here=workspace_id,
        )
        keys = {row.key_no: masters.unwrap(bytes(row.wrapped), workspace_id, "data", row.key_no) for row in rows}
        _ciphers[workspace_id] = WorkspaceCipher(workspace_id, keys, max(keys))
    return _ciphers[workspace_id]


def _read(statement: str, **given: object) -> list[sa.Row]:
    return list(op.get_bind().execute(sa.text(statement), given))


def _write(statement: str, **given: object) -> None:
    op.get_bind().execute(sa.text(statement), given)


@contextmanager
def _seen_whole(*tables: str) -> Iterator[None]:
    """Let the tables' owner reach the rows of every workspace meanwhile; the walls stand for everyone else."""
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    yield
    for table in tables:
        op.execute(f"alter table {table} force row level security")
