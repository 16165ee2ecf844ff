"""What is wrong with a programme file, for the person who wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the file as the caller named it, its line from 1, and the reason in words."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class ProgrammeFaults(Exception):  # noqa: N818 - it carries faults, all of them
    """A programme file that cannot be used, with every fault found, in line order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep `faults` in the order of their lines."""
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(str(fault) for fault in self.faults))
