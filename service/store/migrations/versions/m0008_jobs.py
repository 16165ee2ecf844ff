"""the tables in which PostgreSQL keeps the workers' jobs: Procrastinate's own, as its version 3.10 makes them"""

from importlib.resources import files

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Its tables go with their triggers and sequences; then its functions, then the types they speak of.
REMOVED = """
DO $$
DECLARE one record;
BEGIN
  FOR one IN SELECT oid::regclass AS name FROM pg_class
      WHERE relname LIKE 'procrastinate\\_%' AND relkind = 'r' AND relnamespace = current_schema()::regnamespace
  LOOP EXECUTE 'DROP TABLE ' || one.name || ' CASCADE'; END LOOP;
  FOR one IN SELECT oid::regprocedure AS name FROM pg_proc
      WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = current_schema()::regnamespace
  LOOP EXECUTE 'DROP FUNCTION ' || one.name || ' CASCADE'; END LOOP;
  FOR one IN SELECT oid::regtype AS name FROM pg_type
      WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('c', 'e') AND typnamespace = current_schema()::regnamespace
  LOOP EXECUTE 'DROP TYPE IF EXISTS ' || one.name || ' CASCADE'; END LOOP;
END $$
"""


def upgrade() -> None:
    # Who runs on SQLite has no Procrastinate to read from.
    if op.get_bind().dialect.name == "postgresql":
        _run((files("procrastinate") / "sql" / "schema.sql").read_text())


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _run(REMOVED)


def _run(script: str) -> None:
    """Many statements at once, as they stand: SQLAlchemy would look for parameters in them."""
    driver = op.get_bind().connection.driver_connection
    if driver is not None:
        driver.execute(script)
