"""sending halted by a person or by itself, texts counted by the hour, texts listed newest first"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STANDING = sa.text("ended_at IS NULL")
AMISS = sa.text("state IN ('unknown', 'expired', 'undelivered', 'failed', 'cancelled')")


def upgrade() -> None:
    op.create_table(
        "halt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("begun_by", sa.String(length=80), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_halt_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_halt")),
        sa.UniqueConstraint("token", name=op.f("uq_halt_token")),
    )
    op.create_index(
        "ix_halt_standing",
        "halt",
        ["clinic_id"],
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    _count_hours()
    _list_texts()


def _count_hours() -> None:
    op.create_table(
        "clinic_hour",
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_clinic_hour_clinic_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("pk_clinic_hour")),
    )


def _list_texts() -> None:
    op.create_index(
        "ix_outbox_log", "outbox", ["clinic_id", "planned_at", "kind", "programme", "patient_id"]
    )
    op.create_index(
        "ix_outbox_amiss",
        "outbox",
        ["clinic_id", "planned_at"],
        sqlite_where=AMISS,
        postgresql_where=AMISS,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_amiss", "outbox")
    op.drop_index("ix_outbox_log", "outbox")
    op.drop_table("clinic_hour")
    op.drop_index("ix_halt_standing", "halt")
    op.drop_table("halt")
