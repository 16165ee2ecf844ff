"""One text to be read, with what was open when it came."""

from dataclasses import dataclass
from datetime import time

from schedules.own_questions import OwnQuestion
from service.domain.reading.document import Document
from service.domain.reading.labels import STATES
from service.domain.reading.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Request:
    """A text and what was open when it came, newest first. `usual`: the bedtime on file.

    `own`: the clinic's own question that is open, where the kinds name one.
    """

    document: Document
    lexicon: Lexicon
    kinds: tuple[str, ...]
    usual: time | None
    own: OwnQuestion | None = None

    @property
    def newest(self) -> str:
        """The newest open question, or the state."""
        return self.kinds[0]

    @property
    def asked(self) -> bool:
        """Whether any question is open."""
        return any(kind not in STATES for kind in self.kinds)
