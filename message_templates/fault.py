"""One thing wrong with a text: where it stands and why it may not be published."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in one text. `file` is relative to the package; `line` from 1, 0 = the whole file."""

    file: str
    line: int
    text_id: str
    language: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text_id or '(file)'}: {self.reason}"


class CatalogueError(ValueError):
    """The text files cannot be loaded; lists every fault found, not only the first."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults
