"""Find the lines of a quote

What is charged once stands on every card that waits for Squeegee: without an index each card would look through all the
lines that a workspace ever wrote.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_quote_lines_quote_id", "quote_lines", ["workspace_id", "quote_id", "position"])


def downgrade() -> None:
    op.drop_index("ix_quote_lines_quote_id", table_name="quote_lines")
