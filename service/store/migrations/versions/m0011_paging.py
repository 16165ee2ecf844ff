"""who is paged for a RED alert, each page, and who said they have it"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NOBODY_HAS = sa.text("tier = 'RED' AND closed_at IS NULL AND acknowledged_at IS NULL")
DUE = sa.text("state = 'due'")


def upgrade() -> None:
    op.add_column("alert", sa.Column("acknowledged_at", INSTANT, nullable=True))
    op.add_column("alert", sa.Column("acknowledged_by", sa.String(length=80), nullable=True))
    op.create_index(
        "ix_alert_nobody_has",
        "alert",
        ["clinic_id"],
        sqlite_where=NOBODY_HAS,
        postgresql_where=NOBODY_HAS,
    )
    _make_on_call()
    _make_staff_page()


def _make_on_call() -> None:
    op.create_table(
        "on_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("line", sa.String(length=8), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("number_index", sa.String(length=32), nullable=True),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_on_call_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call")),
        sa.UniqueConstraint("token", name=op.f("uq_on_call_token")),
    )
    op.create_index(op.f("ix_on_call_clinic_id"), "on_call", ["clinic_id"])
    op.create_index(op.f("ix_on_call_number_index"), "on_call", ["number_index"])


def _make_staff_page() -> None:
    op.create_table(
        "staff_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=80), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("on_call_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("try_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=200), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_staff_page_alert_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_staff_page_clinic_id")),
        sa.ForeignKeyConstraint(
            ["on_call_id"], ["on_call.id"], name=op.f("fk_staff_page_on_call_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_page")),
        sa.UniqueConstraint("clinic_id", "slot", name=op.f("uq_staff_page_clinic_id_slot")),
    )
    op.create_index(op.f("ix_staff_page_alert_id"), "staff_page", ["alert_id"])
    op.create_index(op.f("ix_staff_page_on_call_id"), "staff_page", ["on_call_id"])
    op.create_index(
        "ix_staff_page_waiting", "staff_page", ["try_at"], sqlite_where=DUE, postgresql_where=DUE
    )


def downgrade() -> None:
    op.drop_table("staff_page")
    op.drop_table("on_call")
    op.drop_index("ix_alert_nobody_has", "alert")
    with op.batch_alter_table("alert") as alert:
        alert.drop_column("acknowledged_by")
        alert.drop_column("acknowledged_at")
