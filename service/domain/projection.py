"""What one patient will be sent in the coming nights, if nobody answers: the day plan, lived ahead. Pure.

The real day plan is asked; its own outputs are fed back as history, every text counts as delivered and every
question as unanswered, so that its one nudge goes out. A publication in between is a change of programmes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from schedules.day_plan import plan
from schedules.night import night_of
from schedules.programme import PRIORITIES, Programme
from schedules.question import answer_type
from schedules.slots import Decided, OpenQuestion, Past, Planned, Subject, Withheld, Wording
from service.domain.nudges import kept_back

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Phase:
    """The programmes and texts in force from one instant (UTC) until the next phase begins.

    `begun`: as of a Subject.
    """

    start: datetime
    programmes: Sequence[Programme]
    wordings: Mapping[str, Wording]
    begun: Mapping[tuple[str, str], datetime]


def project(
    subject: Subject, phases: Sequence[Phase], past: Past, now: datetime, nights: int
) -> list[Planned | Withheld]:
    """Every slot from `now` on until `nights` nights from tonight are over, in the order of its instant.

    `phases` ascend; the first is in force `now`. `past` is what the day plan works around at `now`.
    """
    found: list[Planned | Withheld] = []
    tonight = night_of(now, subject.rhythm.zone)
    last = tonight + nights * DAY
    ends = [phase.start for phase in phases[1:]]
    for phase, end in zip(phases, [*ends, None], strict=True):
        begins = max(now, phase.start)
        subject = replace(subject, wordings=phase.wordings, begun=phase.begun)
        first = night_of(begins, subject.rhythm.zone) - DAY
        ahead = [first + n * DAY for n in range((last - first).days)]
        slots = _with_nudges(subject, phase.programmes, past, ahead, begins)
        mine = [slot for slot in _from(subject, slots, begins) if end is None or slot.at < end]
        found += mine
        past = _after(subject, past, mine)
    return found


def _from(
    subject: Subject, slots: Sequence[Planned | Withheld], begins: datetime
) -> Iterator[Planned | Withheld]:
    """The slots from `begins` on; a text that should have gone out before and is still of use goes out then.

    There is one where the programmes that begin have a step earlier than those before.
    """
    paused = any(pause.covers(begins) for pause in subject.pauses)
    for slot in slots:
        if slot.at >= begins:
            yield slot
        elif isinstance(slot, Planned) and slot.not_after >= begins and not paused:
            yield slot._replace(at=begins)


def _with_nudges(
    subject: Subject,
    programmes: Sequence[Programme],
    past: Past,
    nights: Sequence[date],
    begins: datetime,
) -> list[Planned | Withheld]:
    """The plan around the nudges that its own questions will get.

    Doses alone are asked about twice, and nothing that is placed after them moves them.
    """
    ahead = plan(subject, [one for one in programmes if _before_doses(one)], past, nights)
    nudges = _nudges(subject, [slot for slot in ahead if slot.at >= begins])
    return plan(subject, programmes, replace(past, sent_at=(*past.sent_at, *nudges)), nights)


def _before_doses(programme: Programme) -> bool:
    """Whether it has a step that is placed before the last that gets a nudge, or that step itself."""
    return any(rule.rank <= PRIORITIES.index("iron") for rule in programme.planned)


def _nudges(subject: Subject, slots: Sequence[Planned | Withheld]) -> list[datetime]:
    asked = [
        slot.at + slot.ask.nudge
        for slot in slots
        if isinstance(slot, Planned) and slot.ask and slot.ask.nudge and not slot.gated
    ]
    return [at for at in asked if kept_back(subject.rhythm, subject.facts, at) is None]


def _after(subject: Subject, past: Past, slots: Sequence[Planned | Withheld]) -> Past:
    """What the next phase works around: `past` and what came since."""
    sent = [slot for slot in slots if isinstance(slot, Planned)]
    used = {step: dict(texts) for step, texts in past.texts_used.items()}
    for slot in sent:
        used.setdefault((slot.programme, slot.step), {})[slot.text] = slot.on
    questions = [
        OpenQuestion(answer_type(slot.ask.kind), slot.at) for slot in sent if slot.ask is not None
    ]
    return replace(
        past,
        decided=(*past.decided, *(_decided(slot) for slot in slots)),
        open_questions=(*past.open_questions, *questions),
        texts_used=used,
        sent_at=(*past.sent_at, *_nudges(subject, slots)),
    )


def _decided(slot: Planned | Withheld) -> Decided:
    row = Decided(slot.programme, slot.step, slot.night, slot.on, slot.at, slot.priority)
    if isinstance(slot, Withheld):
        return row._replace(reason=slot.reason)
    return row._replace(
        text=slot.text,
        unsolicited=slot.unsolicited,
        gate_text=slot.gated,
        asks=answer_type(slot.ask.kind) if slot.ask else None,
    )
