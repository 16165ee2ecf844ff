"""the version of the programme that asks a question"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question", sa.Column("version", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("question", "version")
