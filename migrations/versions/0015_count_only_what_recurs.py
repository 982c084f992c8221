"""Count only what recurs as worth a year

A single visit was worth its price a year, on boards, in lists and in their sums. Both ways, the sums follow by their
trigger.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

#: Leads with a price and no rhythm that repeats.
ONCE = "price_minor is not null and coalesce(frequency, 'one_off') = 'one_off'"


def upgrade() -> None:
    _reckon(f"update leads set annual_minor = 0 where {ONCE} and annual_minor <> 0")


def downgrade() -> None:
    _reckon(f"update leads set annual_minor = price_minor where {ONCE} and annual_minor <> price_minor")


def _reckon(statement: str) -> None:
    """Let the table's owner reach the leads of every workspace meanwhile; the walls stand for everyone else."""
    op.execute("alter table leads no force row level security")
    op.execute("set constraints all immediate")  # the sums are kept before the table is altered again
    op.execute(statement)
    op.execute("alter table leads force row level security")
