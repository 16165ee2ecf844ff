"""texts missed while the service could not send, as episodes for staff; why a hold was released"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
IN_AN_EPISODE = sa.text("episode_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "missed_episode",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_missed_episode_clinic_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_episode")),
        sa.UniqueConstraint("token", name=op.f("uq_missed_episode_token")),
    )
    op.create_index(
        op.f("ix_missed_episode_clinic_id_missed_episode_found_at"),
        "missed_episode",
        ["clinic_id", "found_at"],
    )
    op.add_column("outbox", sa.Column("episode_id", sa.Integer(), nullable=True))
    op.add_column("patient_fact", sa.Column("ended_note", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_outbox_missed",
        "outbox",
        ["episode_id"],
        sqlite_where=IN_AN_EPISODE,
        postgresql_where=IN_AN_EPISODE,
    )


def downgrade() -> None:
    with op.batch_alter_table("patient_fact") as table:
        table.drop_column("ended_note")
    op.drop_index("ix_outbox_missed", "outbox")
    with op.batch_alter_table("outbox") as table:
        table.drop_column("episode_id")
    op.drop_table("missed_episode")
