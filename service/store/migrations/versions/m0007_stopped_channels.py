"""channels that are stopped, senders that rest, texts asked after, unknown ones that somebody has seen"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
UNSETTLED = sa.text("state IN ('accepted', 'sent')")


def upgrade() -> None:
    op.create_table(
        "channel",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.Column("resumed_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("until_delivered", sa.Boolean(), nullable=False),
        sa.Column("probe_at", INSTANT, nullable=True),
        sa.Column("probe_wait_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_channel")),
    )
    op.add_column("sender", sa.Column("rests_until", INSTANT, nullable=True))
    op.add_column("outbox", sa.Column("asked_at", INSTANT, nullable=True))
    op.add_column("outbox", sa.Column("seen_at", INSTANT, nullable=True))
    op.create_index(
        "ix_outbox_unsettled",
        "outbox",
        ["accepted_at"],
        sqlite_where=UNSETTLED,
        postgresql_where=UNSETTLED,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_unsettled", "outbox")
    with op.batch_alter_table("outbox") as table:
        table.drop_column("seen_at")
        table.drop_column("asked_at")
    with op.batch_alter_table("sender") as table:
        table.drop_column("rests_until")
    op.drop_table("channel")
