"""Two texts of a programme, compared line by line."""

from difflib import unified_diff


def changes(old: str, new: str) -> list[tuple[str, str]]:
    """The lines that differ, each with `+`, `-` or a space, and its neighbours."""
    lines = list(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2))
    return [(line[0], line[1:]) for line in lines[2:] if not line.startswith("@@")]
