"""Keep with each transfer the price and rhythm that Squeegee holds"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("transfers", sa.Column("holds_sealed", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("transfers", "holds_sealed")
