"""Let acts on many leads delete them for good, and keep which leads a merged tag hung on

Both kinds stand in the table of bulk acts, which names the kinds that it takes.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = (
    "assign", "move", "tag", "untag", "priority", "archive", "bin", "restore", "enrol", "pause_chase", "resume_chase",
    "stop_chase", "message",
)  # fmt: skip
NEW_KINDS = ("delete", "merge_tags")


def upgrade() -> None:
    _take((*KINDS, *NEW_KINDS))


def downgrade() -> None:
    listed = ", ".join(f"'{kind}'" for kind in NEW_KINDS)
    op.execute("alter table bulk_acts no force row level security")
    op.execute(f"delete from bulk_acts where kind in ({listed})")
    op.execute("alter table bulk_acts force row level security")
    _take(KINDS)


def _take(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_bulk_acts_kind"), "bulk_acts")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_bulk_acts_kind"), "bulk_acts", f"kind in ({listed})")
