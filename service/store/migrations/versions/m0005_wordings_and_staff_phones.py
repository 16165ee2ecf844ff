"""wordings in force from an instant on, kept with each text they made; the verified phones of staff"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
PHONE = (
    ("phone", sa.LargeBinary()),
    ("phone_index", sa.String(length=32)),
    ("phone_verified_at", INSTANT),
    ("phone_code_hash", sa.String(length=32)),
    ("phone_code_until", INSTANT),
)


def upgrade() -> None:
    op.add_column("text_version", sa.Column("effective_at", INSTANT, nullable=True))
    op.execute("UPDATE text_version SET effective_at = published_at")
    with op.batch_alter_table("text_version") as table:
        table.alter_column("effective_at", existing_type=INSTANT, nullable=False)
    op.add_column("outbox", sa.Column("wording", sa.Integer(), nullable=True))
    for name, kind in PHONE:
        op.add_column("staff_user", sa.Column(name, kind, nullable=True))
    op.add_column(
        "staff_user", sa.Column("phone_tries", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_index(op.f("ix_staff_user_phone_index"), "staff_user", ["phone_index"])


def downgrade() -> None:
    op.drop_index(op.f("ix_staff_user_phone_index"), "staff_user")
    with op.batch_alter_table("staff_user") as table:
        table.drop_column("phone_tries")
        for name, _ in PHONE:
            table.drop_column(name)
    with op.batch_alter_table("outbox") as table:
        table.drop_column("wording")
    with op.batch_alter_table("text_version") as table:
        table.drop_column("effective_at")
