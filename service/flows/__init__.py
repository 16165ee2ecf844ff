"""The flows: each reads rows, asks a pure function what to do, and writes rows. They meet in rows only."""
