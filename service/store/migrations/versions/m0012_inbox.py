"""replies handed over, given a meaning by a person, and phrases taught; automatic answers that rest"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("inbound", sa.Column("handed_to", sa.String(length=80), nullable=True))
    op.add_column("patient", sa.Column("by_hand_until", INSTANT, nullable=True))
    _correct()
    _teach()


def _correct() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("intent", sa.String(length=20), nullable=True),
        sa.Column("word", sa.String(length=60), nullable=True),
        sa.Column("before", JSON, nullable=False),
        sa.Column("set_by", sa.String(length=80), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.Column("undone_by", sa.String(length=80), nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"], [f"{name}.id"], name=op.f(f"fk_correction_{name}_id")
            )
            for name in ("patient", "inbound", "question", "clinic")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("token", name=op.f("uq_correction_token")),
    )
    op.create_index(op.f("ix_correction_inbound_id"), "correction", ["inbound_id"])


def _teach() -> None:
    op.create_table(
        "taught_phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("phrase", sa.LargeBinary(), nullable=False),
        sa.Column("meaning", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("reviewed_by", sa.String(length=80), nullable=True),
        sa.Column("reviewed_at", INSTANT, nullable=True),
        sa.Column("retired_by", sa.String(length=80), nullable=True),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name=op.f("fk_taught_phrase_inbound_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_taught_phrase_clinic_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taught_phrase")),
        sa.UniqueConstraint("token", name=op.f("uq_taught_phrase_token")),
        sa.UniqueConstraint("clinic_id", "number", name=op.f("uq_taught_phrase_clinic_id_number")),
    )


def downgrade() -> None:
    op.drop_table("taught_phrase")
    op.drop_table("correction")
    with op.batch_alter_table("patient") as table:
        table.drop_column("by_hand_until")
    with op.batch_alter_table("inbound") as table:
        table.drop_column("handed_to")
