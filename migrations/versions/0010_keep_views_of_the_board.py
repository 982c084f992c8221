"""Keep which view a member's board opens with

Views were kept of the list only; now the board opens with one as well, and each page with its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE, COLUMN = "list_preferences", "board_view_id"
KEY, INDEX = "fk_list_preferences_workspace_id_board_view_id", "ix_list_preferences_board_view_id"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column(COLUMN, sa.Uuid()))
    op.create_foreign_key(op.f(KEY), TABLE, "saved_views", ["workspace_id", COLUMN], ["workspace_id", "id"])
    op.create_index(INDEX, TABLE, ["workspace_id", COLUMN])


def downgrade() -> None:
    op.drop_index(INDEX, table_name=TABLE)
    op.drop_constraint(op.f(KEY), TABLE)
    op.drop_column(TABLE, COLUMN)
