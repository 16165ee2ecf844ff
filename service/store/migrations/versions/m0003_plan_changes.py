"""what changes everybody's plan, and how far their alarms have been set for it"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_to", sa.Integer(), nullable=False),
        sa.Column("afresh", sa.Boolean(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_plan_change_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_change"),
        sa.UniqueConstraint("clinic_id", "at", "afresh", name="uq_plan_change_clinic_id_at_afresh"),
    )
    op.create_index("ix_plan_change_at", "plan_change", ["at"])


def downgrade() -> None:
    op.drop_table("plan_change")
