"""The heads of the audit trail's chains, in a file outside of the database: one line each time one has grown."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from service.domain.audit_chain import Head


def add_heads(path: Path, heads: Sequence[Head]) -> None:
    """Write heads behind those that are there; they are on the disk when this returns. OSError when they are not."""
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(head)) + "\n" for head in heads)
        file.flush()
        os.fsync(file.fileno())


def read_heads(path: Path) -> list[Head]:
    """All heads that were written; a last line that a crash cut short counts for nothing.

    ValueError, a sentence, where a line is no head: somebody else has written there.
    """
    if not path.exists():
        return []
    whole = path.read_text(encoding="utf-8", errors="replace").rpartition("\n")[0].splitlines()
    heads = []
    for number, line in enumerate(whole, 1):
        try:
            heads.append(Head(**json.loads(line)))
        except (ValueError, TypeError):
            raise ValueError(
                f"line {number} of {path.name}, the file of heads, is no head"
            ) from None
    return heads
