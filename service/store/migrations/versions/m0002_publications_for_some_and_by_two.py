"""publications for new patients only, and those that two people answer for"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = (
    ("asked_by", 80),
    ("asked_because", 400),
    ("approved_by", 80),
    ("approved_because", 400),
)


def upgrade() -> None:
    op.add_column(
        "programme_version",
        sa.Column("for_new", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    for name, length in COLUMNS:
        op.add_column("programme_version", sa.Column(name, sa.String(length=length), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("programme_version") as table:
        for name, _ in COLUMNS:
            table.drop_column(name)
        table.drop_column("for_new")
