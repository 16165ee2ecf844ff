"""What a patient was sent lately of what nobody asked for: what the last look before sending counts."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import and_, bindparam, select

from service.domain.delivery import ENDED_UNSENT, RULES, State
from service.store.session import Tx
from service.store.tables.outbox import OutboxText

# A text of the evening hangs from this night, one of the morning from the night before.
LOOK_BACK = timedelta(days=1)
# What the provider refused reached nobody.
_UNSENT = tuple(state.value for state in (State.PLANNED, State.FAILED, *ENDED_UNSENT))
_UNSOLICITED = tuple(kind.value for kind, rules in RULES.items() if rules.unsolicited)


@dataclass(slots=True)
class SentLately:
    """One patient's unsolicited texts: the last one's instant (UTC), and by night those that count for caps."""

    last: datetime | None = None
    capped: dict[date, int] = field(default_factory=dict)

    def add(self, night: date | None, at: datetime, *, capped: bool) -> None:
        """Take in one text that was handed over, or is about to be, at `at`."""
        self.last = max(self.last or at, at)
        if capped and night is not None:
            self.capped[night] = self.capped.get(night, 0) + 1


def sent_lately(tx: Tx, patient_ids: Collection[int], oldest_night: date) -> dict[int, SentLately]:
    """The unsolicited texts of these patients since the night before `oldest_night`."""
    found: dict[int, SentLately] = {}
    if patient_ids:
        for patient_id, night, at, capped in tx.rows(
            _SENT, ids=list(patient_ids), since=oldest_night - LOOK_BACK
        ):
            found.setdefault(patient_id, SentLately()).add(night, at, capped=capped)
    return found


_SENT = select(
    OutboxText.patient_id, OutboxText.night, OutboxText.submitted_at, OutboxText.capped
).where(
    and_(
        OutboxText.patient_id.in_(bindparam("ids", expanding=True)),
        OutboxText.night >= bindparam("since"),
        OutboxText.kind.in_(_UNSOLICITED),
        OutboxText.state.not_in(_UNSENT),
        OutboxText.submitted_at.is_not(None),
    )
)
