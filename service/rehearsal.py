"""A nameless copy of a clinic -> its coming nights, lived by the real engine -> what each programme came to."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from message_templates.catalogue import Catalogue
from schedules.night import NOON, night_of
from schedules.recurrence import to_utc
from service.clinic_life import live_until
from service.domain.exchange import Text
from service.gateways.simulated import Answers, SimulatedGateway
from service.rehearsal_totals import Tally, steps_of, tallies
from service.runtime import Runtime
from service.store import people, programme_versions, transcripts, uncertain, wordings
from service.store.clinic_copy import ACTOR
from service.store.drafts import Begun
from service.store.session import SYSTEM, Store
from service.store.transcripts import Line
from service.synthetic.people import People, Person, ordinary_person

# Texts are of use for minutes, so the clock stops at each minute in which there is something to do.
STEP = timedelta(minutes=1)
# Rehearsals begin at whole multiples of this.
BEGINNINGS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Nights:
    """So many nights from tonight on. They begin at `begin` and are over at `end` (UTC)."""

    count: int
    begin: datetime
    end: datetime


def nights_from(now: datetime, zone: str, count: int) -> Nights:
    """The nights from now (UTC) to the noon in `zone` after the last of them.

    They begin at the next whole ten minutes, after everything that was copied: rehearsals begun within the
    same ten minutes are the same.
    """
    begin = now + BEGINNINGS - (now - datetime.min.replace(tzinfo=now.tzinfo)) % BEGINNINGS
    over = night_of(now, zone) + timedelta(days=count)
    return Nights(count, begin, to_utc(datetime.combine(over, NOON), zone))


def simulated_patients(copy: Store, shipped: Catalogue, end: datetime, seed: int) -> Answers:
    """How the patients of `copy` answer: ordinary people, each made from `seed` and the reference alone.

    They go by which text it is, as shipped, not by its words: a clinic's own wording neither silences them
    nor changes what they say, so that two rehearsals differ by what the programmes do.
    """
    with copy.transaction(SYSTEM, ACTOR, write=False) as tx:
        everybody = [
            patient
            for clinic in people.all_clinics(tx)
            for patient in people.all_patients(tx, clinic.id)
        ]
    persons: dict[str, Person] = {}
    for patient in everybody:
        phone = people.open_phone(copy.keyring, patient)
        chance = Random(f"{seed}/{patient.ref}")  # noqa: S311 (a story, not a secret)
        persons[phone] = ordinary_person(phone, patient.language, patient.bedtime, chance)
    crowd = People(persons, end, seed)

    def answers(text: Text) -> Iterator[tuple[timedelta, str]]:
        with copy.transaction(SYSTEM, ACTOR, write=False) as tx:
            template, language = transcripts.wording_of(tx, text.token)
        known = shipped.get(template, language) if template else None
        return crowd(replace(text, body=known.body) if known else text)

    return answers


def put_in_place(copy: Store, changes: Iterable[Begun], now: datetime) -> None:
    """Let changes that nobody has published be in force in `copy`, with the wordings that go with them."""
    with copy.transaction(SYSTEM, ACTOR) as tx:
        for clinic in people.all_clinics(tx):
            for change in changes:
                slug, source = change.slug, change.source
                programme_versions.add_version(tx, clinic.id, slug, source, now, effective_at=now)
                wordings.add_wordings(tx, clinic.id, change.wordings, now, effective_at=now)


def live(
    runtime: Runtime,
    gateway: SimulatedGateway,
    nights: Nights,
    progress: Callable[[float], None],
) -> None:
    """Live the nights; `progress` is told the share that is over, 0 to 1.

    The sender's rate counts where texts are planned: it spreads a moment that many share. It does not count
    where they leave, since a clock that stops at minutes would hand out one turn a stop.
    """
    runtime = replace(runtime, choices=replace(runtime.choices, send_rate=None))
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        gateway.resume(uncertain.awaiting_receipts(tx))
    length = nights.end - nights.begin
    runtime.clock.hold(nights.begin)
    live_until(
        runtime,
        nights.end,
        step=STEP,
        progress=lambda now: progress((now - nights.begin) / length),
    )


def read_transcript(copy: Store, nights: Nights) -> list[Line]:
    """What was sent, withheld and answered in these nights, patient by patient."""
    with copy.transaction(SYSTEM, ACTOR, write=False) as tx:
        return list(transcripts.transcript(tx, nights.begin))


def totals(runtime: Runtime, lines: Iterable[Line]) -> list[Tally]:
    """What each programme of the copy that `runtime` lived on came to."""
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        contents = [runtime.shelf.content(tx, clinic) for clinic in people.all_clinics(tx)]
    programmes = (programme for one in contents for _, programme in one.versions)
    return tallies(lines, steps_of(programmes))
