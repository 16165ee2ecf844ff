"""A person's word on a text of unknown fate -> its end, its night summed up again, and at most one text more."""

from datetime import datetime
from enum import StrEnum

from schedules.open_hours import in_window
from service.domain.delivery import RULES, Kind
from service.runtime import Runtime
from service.store import audit, circumstances, doubts, outbox, people, standings
from service.store.doubts import Doubt
from service.store.records import Patient
from service.store.session import Tx
from service.store.summaries import roll_nights

SETTLED = "doubtful text settled"
"""How the audit names it."""
# A text to a patient that says something of its own; answers and nudges belong to what came before them.
AGAIN_KINDS = frozenset({Kind.PLANNED, Kind.STAFF})
GONE = "The provider is still being asked what became of it, or somebody has said it already."


class Word(StrEnum):
    """What a person says became of the text."""

    ARRIVED = "arrived"
    LOST = "lost"
    AGAIN = "again"


class Source(StrEnum):
    """How the person knows."""

    PATIENT = "patient"
    SEEN = "seen"
    PROVIDER = "provider"


def settle_doubt(
    runtime: Runtime, tx: Tx, token: str, word: Word, source: Source, now: datetime
) -> str | None:
    """End a doubtful text by a person's word; why not, as a sentence. The patient, if any, is locked."""
    found = doubts.doubt_of(tx, token, runtime.clock.wall())
    if found is None:
        return GONE
    patient = _locked(tx, found)
    doubt = doubts.doubt_of(tx, token, runtime.clock.wall(), lock=True)
    if doubt is None:
        return GONE
    if word is Word.AGAIN and (why := why_not_again(tx, doubt, patient, now)):
        return why
    doubts.settle(tx, doubt, now, arrived=word is Word.ARRIVED)
    written = []
    if word is Word.AGAIN:
        written = outbox.add_texts(tx, [doubts.once_more(tx, doubt, now)], now)
        runtime.dispatcher.submit(tx, written, now, RULES[Kind(doubt.kind)].lane)
    elif word is Word.LOST:
        doubts.never_asked(tx, doubt)
    if patient is not None and doubt.night is not None:
        roll_nights(tx, {(patient.id, doubt.night)}, now)
        standings.restand(tx, [patient], now)
    kept = {"said": word.value, "known_by": source.value, "texts": written}
    audit.write(tx, doubt.clinic_id, SETTLED, token, now, **kept)
    return None


def why_not_again(tx: Tx, doubt: Doubt, patient: Patient | None, now: datetime) -> str | None:
    """Why the text may not be sent once more, as a sentence; None where it may.

    Its guards look again as it leaves, those for caps and gaps among them.
    """
    if patient is None or Kind(doubt.kind) not in AGAIN_KINDS or not doubt.body:
        return "A text of this kind is not sent twice."
    if now > doubt.not_after:
        return "Its time has passed, so it is of no use any more."
    if patient.consent != "active":
        return "Texts may only go to patients who want them."
    if RULES[Kind(doubt.kind)].pause and circumstances.is_paused(tx, patient.id, now):
        return "Texts to this patient are paused."
    if not in_window(people.rhythm_of(patient), now):
        return "It is outside of the patient’s hours."
    if not doubts.is_still_asked(tx, doubt):
        return "What it asks has been answered, or is over."
    return None


def _locked(tx: Tx, doubt: Doubt) -> Patient | None:
    known = people.patients_by_id(tx, {doubt.patient_id} if doubt.patient_id else set())
    found = known.get(doubt.patient_id or 0)
    return people.patient_to_change(tx, found.token) if found else None
