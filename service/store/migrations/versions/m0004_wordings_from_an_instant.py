"""wordings in force from an instant on; each text keeps the number of the wording that made it"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("text_version", sa.Column("effective_at", INSTANT, nullable=True))
    op.execute("UPDATE text_version SET effective_at = published_at")
    with op.batch_alter_table("text_version") as table:
        table.alter_column("effective_at", existing_type=INSTANT, nullable=False)
    op.add_column("outbox", sa.Column("wording", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outbox") as table:
        table.drop_column("wording")
    with op.batch_alter_table("text_version") as table:
        table.drop_column("effective_at")
