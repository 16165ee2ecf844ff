"""`evenfall audit verify` from the shell's side: 0 all is what was written, 1 with the first bad entry on stdout."""

import sqlite3
from pathlib import Path

from service.boot import open_store, quiet_runtime
from service.config import read_settings
from service.flows.keep_audit import seal_audit
from tests.cli.test_commands import CLINIC, Shell


def test_a_trail_that_was_changed_is_found(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert shell(*CLINIC).exit_code == 0
    invited = shell("user", "add", "--clinic", "north", "--email", "n@x.org", "--role", "auditor")
    assert invited.exit_code == 0
    settings = read_settings(shell.environment)
    store = open_store(settings)
    assert seal_audit(quiet_runtime(settings, store)) == 1
    store.engine.dispose()
    done = shell("audit", "verify")
    assert (done.exit_code, done.stdout) == (0, "")
    heads = tmp_path / "evenfall.db.audit"
    kept = heads.read_text()
    heads.write_text("not ours\n" + kept)
    done = shell("audit", "verify")
    assert done.exit_code == 1
    assert "North: line 1 of evenfall.db.audit, the file of heads, is no head." in done.stdout
    heads.write_text(kept)
    with sqlite3.connect(tmp_path / "evenfall.db") as connection:
        connection.execute("DROP TRIGGER audit_event_update")
        connection.execute("UPDATE audit_event SET actor = 'somebody else' WHERE id = 1")
    connection.close()
    done = shell("audit", "verify")
    assert done.exit_code == 1
    assert done.stdout.startswith("North: entry 1 was changed (row 1,")
