"""The hard limits counted: texts of a patient within 24 hours, and a clinic's unsolicited ones within an hour."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select, update

from service.domain.breakers import (
    A_DAY,
    AN_HOUR,
    PER_PATIENT,
    TOO_MANY,
    most_an_hour,
    why_broken_off,
)
from service.domain.delivery import OWED, UNSOLICITED, Cause
from service.store import alerts, halts, ranks
from service.store.due_texts import Waiting
from service.store.rows import table
from service.store.session import Tx
from service.store.tables.outbox import ClinicHour, OutboxText
from service.store.tables.people import Patient
from service.store.tables.summaries import Alert


def texts_of_a_day(tx: Tx, patient_ids: Collection[int], now: datetime) -> dict[int, int]:
    """How many counted texts left for each of these patients within 24 hours, or since a person let them go on."""
    if not patient_ids:
        return {}
    counts = {row[0]: row[1] for row in tx.rows(_COUNTS, ids=list(patient_ids), since=now - A_DAY)}
    for patient_id in [one for one, texts in counts.items() if texts >= PER_PATIENT]:
        lifted = tx.row(_LIFTED, who=patient_id, since=now - A_DAY)
        if lifted is not None and lifted[0] is not None:
            since = tx.row(_COUNTS, ids=[patient_id], since=lifted[0])
            counts[patient_id] = since[1] if since else 0
    return counts


def break_off(tx: Tx, texts: Sequence[Waiting], now: datetime) -> None:
    """The patients of these texts had too many: one alert each, which keeps the rest back until it is resolved."""
    whose = {(one.clinic_id, one.patient_id) for one in texts if one.patient_id}
    for clinic_id, patient_id in sorted(whose):
        alerts.open_alert(tx, clinic_id, patient_id, TOO_MANY, {"texts": PER_PATIENT}, now)
        ranks.rank_patients(tx, [patient_id])


def within_the_hour(tx: Tx, texts: list[Waiting], now: datetime) -> list[Waiting]:
    """Those whose clinic has not had too many unsolicited texts; where one would, it halts and its texts wait."""
    wanted = Counter(text.clinic_id for text in texts if text.kind in UNSOLICITED)
    halted = {one for one in sorted(wanted) if not _take(tx, one, wanted[one], now)}
    return [text for text in texts if text.clinic_id not in halted or text.kind not in UNSOLICITED]


def _take(tx: Tx, clinic_id: int, texts: int, now: datetime) -> bool:
    """Count texts of a clinic that are about to leave; False, and a halt begun, where they are too many."""
    row = tx.row(_HOUR, clinic=clinic_id)
    if row is not None and now - row[0] < AN_HOUR and row[1] + texts <= row[2]:
        tx.execute(_COUNT, clinic=clinic_id, more=texts)
        return True
    # A new hour, or too many: patients may have joined since the hour began.
    in_care = tx.row(_IN_CARE, clinic=clinic_id)
    patients = in_care[0] if in_care else 0
    began, so_far = (row[0], row[1]) if row and now - row[0] < AN_HOUR else (now, 0)
    most, fits = most_an_hour(patients), so_far + texts <= most_an_hour(patients)
    if not fits:
        halts.begin(tx, clinic_id, Cause.BREAKER, why_broken_off(so_far + texts, patients), now)
        # Whoever lets it go on begins a new hour.
        began, so_far, texts = now, 0, 0
    hour = {"clinic_id": clinic_id, "began_at": began, "texts": so_far + texts, "most": most}
    tx.upsert(table(ClinicHour), [hour], "clinic_id")
    return fits


_COUNTS = (
    select(OutboxText.patient_id, func.count())
    .where(
        and_(
            OutboxText.patient_id.in_(bindparam("ids", expanding=True)),
            OutboxText.planned_at > bindparam("since"),
            OutboxText.submitted_at > bindparam("since"),
            OutboxText.kind.not_in([kind.value for kind in OWED]),
        )
    )
    .group_by(OutboxText.patient_id)
)
_LIFTED = select(func.max(Alert.closed_at)).where(
    and_(
        Alert.patient_id == bindparam("who"),
        Alert.rule == TOO_MANY,
        Alert.closed_at > bindparam("since"),
    )
)
_HOUR = (
    select(ClinicHour.began_at, ClinicHour.texts, ClinicHour.most)
    .where(ClinicHour.clinic_id == bindparam("clinic"))
    .with_for_update()
)
_HOURS = table(ClinicHour)
_COUNT = (
    update(_HOURS)
    .where(_HOURS.c.clinic_id == bindparam("clinic"))
    .values(texts=_HOURS.c.texts + bindparam("more"))
)
_IN_CARE = (
    select(func.count())
    .select_from(Patient)
    .where(and_(Patient.clinic_id == bindparam("clinic"), Patient.consent == "active"))
)
