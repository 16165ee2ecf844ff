"""By whom a programme is seen: real patients it reaches, and an imaginary one; who has which of its versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort

from schedules.programme import Programme
from service.entry.web.access import member
from service.entry.web.imaginary import IMAGINARY
from service.entry.web.programme_rows import NextText, case_of, compared, label, next_texts
from service.flows.plan_due.preview import touched
from service.store.content import Content
from service.store.programme_pages import Reached
from service.store.programme_versions import Version
from service.store.records import Clinic
from service.store.session import Tx

MOST_EYES = 100
# Only who cares for patients sees a name beside a reference.
NAMED = frozenset({"clinician"})


@dataclass(frozen=True, slots=True)
class Seen:
    """The next texts of one patient, whose clocks are those of `zone`; `differing` of them not as they are now.

    `before`: how many there are now. `ref` is the patient in a word or two, `who` with zone and bedtime.
    """

    ref: str
    who: str
    zone: str
    texts: Sequence[NextText]
    before: int
    differing: int


@dataclass(frozen=True, slots=True)
class Share:
    """A version in force, and those who have it and whom its gates let in today."""

    version: Version
    programme: Programme
    people: Sequence[Reached]


def shares_of(
    current: Content, slug: str, everybody: Sequence[Reached], now: datetime
) -> list[Share]:
    """The versions of a programme in force, newest first: several where some are for new patients only."""
    standing = [pair for pair in current.standing(now) if pair[0].slug == slug]
    if not any(version.for_new for version, _ in standing):
        return [Share(*pair, touched(everybody, [pair[1]], now)) for pair in standing]
    shares = []
    for version, programme in reversed(standing):
        holders = [
            one
            for one in everybody
            if current.number_of(slug, now, one.patient.consented_at) == version.number
        ]
        shares.append(Share(version, programme, touched(holders, [programme], now)))
    return shares


def eyes_for(tx: Tx, everybody: Sequence[Reached]) -> list[tuple[str, str]]:
    """By whom a programme can be seen: those it reaches (at most a hundred), and an imaginary patient."""
    named = member().may(NAMED)
    real = [
        (one.patient.token, label(tx, one.patient, named=named)) for one in everybody[:MOST_EYES]
    ]
    return [*real, (IMAGINARY, "An imaginary patient, bed 23:00, joining today")]


def seen_by(
    tx: Tx,
    clinic: Clinic,
    now: datetime,
    programme: Programme,
    contents: tuple[Content, Content | None],
    eyes: Sequence[tuple[str, str]],
    chosen: str,
) -> list[Seen]:
    """The next texts of the chosen patient and of the imaginary one: as they are, or with the second content.

    `programme` is the one the imaginary patient is made for. A patient there is none of is a missing page.
    """
    labels = dict(eyes)
    found = []
    for token in dict.fromkeys((chosen, IMAGINARY)):
        case = case_of(tx, clinic, programme, token, now)
        if case is None:
            abort(404)
        texts, differing = next_texts(case, contents[0], programme.slug, now), 0
        before = {_sent(one) for one in texts}
        if contents[1] is not None:
            texts = compared(texts, next_texts(case, contents[1], programme.slug, now))
            differing = sum(_sent(one) not in before for one in texts)
        who = labels.get(token) or label(tx, case.patient, named=member().may(NAMED))
        ref = case.patient.ref or "the imaginary patient"
        found.append(Seen(ref, who, case.patient.zone, texts, len(before), differing))
    return found


def _sent(one: NextText) -> tuple[object, ...]:
    return one.step, one.night, one.at, one.text, one.body, one.withheld
