"""Builders for the schedule tests: a patient in New York, small programmes, a plan in few words."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from schedules.day_plan import plan
from schedules.facts import Fact, Facts, parse_value
from schedules.loading import load, shipped
from schedules.night import Rhythm, night_ends, night_of
from schedules.programme import Programme
from schedules.question import answer_type
from schedules.slots import Decided, OpenQuestion, Past, Planned, Subject, Withheld, Wording

DAY = timedelta(days=1)
MONDAY = date(2026, 6, 1)
NEW_YORK = Rhythm("America/New_York", bedtime=time(23), wake=time(7))


def facts(since: date = MONDAY, **values: str) -> Facts:
    return Facts(Fact(code, parse_value(code, raw), since) for code, raw in values.items())


def patient(programmes: Iterable[Programme], **changes: Any) -> Subject:
    wordings = {
        text: Wording(text, text) for each in programmes for s in each.steps for text in s.say
    }
    values: dict[str, Any] = {
        "key": "p",
        "rhythm": NEW_YORK,
        "facts": Facts(),
        "consent_from": MONDAY,
        "consented": True,
        "pauses": (),
        "wordings": wordings | changes.pop("wordings", {}),
    }
    return Subject(**(values | changes))


def programme(*steps: str, slug: str = "own", head: str = 'priority = "tip"') -> Programme:
    """A programme of steps given as TOML lines; key, cadence and text are filled in if missing."""
    source = f'[programme]\nslug = "{slug}"\ntitle = "Own"\n{head}\n'
    for number, step in enumerate(steps):
        source += "[[step]]\n" + step + "\n"
        source += "" if "key =" in step else f'key = "s{number}"\n'
        source += "" if "cadence" in step or "fact =" in step else "cadence = { daily = true }\n"
        source += "" if "say =" in step else f'say = ["T{number}-01"]\n'
    return load(source, "own.toml")


def of_clinic(*slugs: str) -> tuple[Programme, ...]:
    return tuple(each for each in shipped() if each.slug in slugs)


def nights(first: date, count: int) -> list[date]:
    return [first + n * DAY for n in range(count)]


def planned(slots: Sequence[Planned | Withheld]) -> list[Planned]:
    return [slot for slot in slots if isinstance(slot, Planned)]


def reasons(slots: Sequence[Planned | Withheld]) -> list[str | None]:
    return [slot.reason if isinstance(slot, Withheld) else None for slot in slots]


def one_night(
    programmes: Sequence[Programme],
    night: date = MONDAY + 8 * DAY,
    past: Past | None = None,
    **changes: Any,
) -> list[Planned | Withheld]:
    return plan(patient(programmes, **changes), programmes, past or Past(), [night])


class Written(NamedTuple):
    """A row, and the wake-up `now` that wrote it; `sent` where its text went out then."""

    now: datetime
    slot: Planned | Withheld
    sent: Planned | None


World = Callable[[datetime], tuple[Subject, Sequence[Programme]]]


def live(start: datetime, end: datetime, world: World, edits: Sequence[datetime]) -> list[Written]:
    """A patient lived from wake-up to wake-up, as the service does: every row, in order of writing.

    `world` says who the patient is at an instant; at each of `edits` it may change. Whatever is
    sent stays unanswered; what is past its time when it comes up is a row that expired.
    """
    rows: list[Written] = []
    past, now, since = Past(), start, None
    while now <= end:
        subject, programmes = world(now)
        tonight = night_of(now, subject.rhythm.zone)
        first = min(tonight, since or tonight) - DAY
        slots = plan(subject, programmes, past, nights(first, (tonight - first).days + 2))
        due = [
            Written(now, slot, slot if isinstance(slot, Planned) and now < slot.not_after else None)
            for slot in slots
            if slot.at <= now
        ]
        rows += due
        past, since = remembered(past, due), tonight
        ahead = [slot.at for slot in planned(slots)] + list(edits)
        ahead += [night_ends(subject.rhythm, tonight + n * DAY) for n in (0, 1)]
        now = min(instant for instant in ahead if instant > now)
    return rows


def remembered(past: Past, due: Sequence[Written]) -> Past:
    """What a plan reads after the rows in `due` were written."""
    used = {step: dict(texts) for step, texts in past.texts_used.items()}
    sent = [row.sent for row in due if row.sent]
    for slot in sent:
        used.setdefault((slot.programme, slot.step), {})[slot.text] = slot.on
    written = tuple(
        decided(row.slot)._replace(
            reason=None if row.sent else getattr(row.slot, "reason", "expired")
        )
        for row in due
    )
    asked = tuple(OpenQuestion(answer_type(slot.ask.kind), slot.at) for slot in sent if slot.ask)
    return Past((*past.decided, *written), (*past.open_questions, *asked), used)


def decided(slot: Planned | Withheld) -> Decided:
    """The row that a service would write for `slot`, its text sent and unanswered."""
    sent = slot if isinstance(slot, Planned) else None
    return Decided(
        programme=slot.programme,
        step=slot.step,
        night=slot.night,
        on=slot.on,
        at=slot.at,
        priority=slot.priority,
        text=sent.text if sent else None,
        unsolicited=sent.unsolicited if sent else True,
        gate_text=sent.gated if sent else False,
        reason=None if isinstance(slot, Planned) else slot.reason,
        asks=answer_type(sent.ask.kind) if sent and sent.ask else None,
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
