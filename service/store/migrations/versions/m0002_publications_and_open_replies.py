"""publications for new patients only or by two people; replies tried again, and those that wait for a person"""

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
    op.add_column(
        "inbound", sa.Column("read_attempts", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_index(
        "ix_inbound_open",
        "inbound",
        ["clinic_id", "id"],
        sqlite_where=sa.text("review_state = 'open'"),
        postgresql_where=sa.text("review_state = 'open'"),
    )


def downgrade() -> None:
    op.drop_index("ix_inbound_open", "inbound")
    with op.batch_alter_table("inbound") as table:
        table.drop_column("read_attempts")
    with op.batch_alter_table("programme_version") as table:
        for name, _ in COLUMNS:
            table.drop_column(name)
        table.drop_column("for_new")
