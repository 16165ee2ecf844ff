"""Slots as outbox rows: the text itself, GATE-01 in its place, or the row that says why not."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from message_templates.catalogue import Catalogue
from message_templates.formats import clock_time
from message_templates.kept_words import TELL_THE_WEEK
from message_templates.render import PlaceholderError
from schedules.own_questions import OWN
from schedules.question import answer_type
from schedules.slots import Planned, Withheld
from service.domain.composing import Composed, NoTextError, as_received, compose
from service.domain.delivery import RULES, Kind
from service.domain.own_texts import with_own
from service.domain.own_week import own_week, week_values
from service.store.content import Content
from service.store.people import open_given_name
from service.store.records import NewQuestion, NewText, PlanningCase, Question
from service.store.sealed import Keyring

GATE = "GATE-01"
# A gate is open for 4 hours of elapsed time (clinical.md, Privacy; our default).
GATE_OPEN = timedelta(hours=4)
DAY = timedelta(days=1)

log = structlog.get_logger()


def planned_text(
    case: PlanningCase, content: Content, slot: Planned, now: datetime, keyring: Keyring
) -> NewText:
    """A planned slot at its instant; one whose time has passed, or that cannot be written, as withheld."""
    if now > slot.not_after:
        is_missed = _is_missed(case, content, slot, now)
        why = "expired" if is_missed else "changed"
        late = withheld_text(case, content, _withheld(slot, why, ""), now)
        return replace(late, missed=is_missed)
    values = {"first": open_given_name(keyring, case.patient)}
    if slot.cutoff is not None:
        values["cutoff"] = clock_time(slot.cutoff, case.patient.language)
    if slot.text in TELL_THE_WEEK:
        week = own_week(case.own_scores, slot.night - DAY)
        assert week is not None  # noqa: S101 (narrows the type: the plan withholds a week that is not known)
        values |= week_values(week, case.patient.language)
    template = GATE if slot.gated else slot.sends
    catalogue = content.catalogue(now, case.patient.consented_at)
    try:
        composed = compose(catalogue, case.clinic, template, case.patient.language, values)
    except (NoTextError, PlaceholderError) as fault:
        # One patient's missing value holds up nobody else's text.
        log.exception("text cannot be written", template=template, patient=case.patient.token)
        return withheld_text(case, content, _withheld(slot, "no_text_in_language", str(fault)), now)
    question = _gate(case, content, slot, values, now) if slot.gated else _question(slot)
    return _text(case, content, slot, composed, question, now)


def _is_missed(case: PlanningCase, content: Content, slot: Planned, now: datetime) -> bool:
    """Whether it expired because nobody looked in time.

    The alarm was set for it while it could still be sent, and its programme was in force when it was due:
    what a patient's change or a publication plans into its own past was never to be sent.
    """
    since = content.in_force_since(slot.programme, now, case.patient.consented_at)
    return case.next_wake_at <= slot.not_after and since is not None and since <= slot.at


def _text(
    case: PlanningCase,
    content: Content,
    slot: Planned,
    composed: Composed,
    question: NewQuestion | None,
    now: datetime,
) -> NewText:
    place = f"gate:{case.patient.token}:{slot.night}" if slot.gated else slot_name(case, slot)
    return NewText(
        clinic_id=case.clinic.id,
        patient_id=case.patient.id,
        slot=place,
        kind=Kind.PLANNED,
        language=case.patient.language,
        due_at=slot.at,
        not_after=slot.not_after,
        priority=slot.priority,
        capped=slot.unsolicited,
        body=composed.body,
        segments=composed.segments,
        sender=case.clinic.sender,
        programme=slot.programme,
        version=content.number_of(slot.programme, now, case.patient.consented_at),
        step=slot.step,
        night=slot.night,
        on_date=slot.on,
        anchor=slot.text,
        template=composed.template,
        wording=composed.wording,
        question=question,
    )


def _question(slot: Planned) -> NewQuestion | None:
    if slot.ask is None:
        return None
    return NewQuestion(
        kind=slot.ask.kind,
        answer_type=answer_type(slot.ask.kind),
        about=slot.ask.about,
        about_date=slot.about_date,
        night=slot.night,
        closes_after_s=int(slot.ask.closes.total_seconds()),
        nudge_after_s=int(slot.ask.nudge.total_seconds()) if slot.ask.nudge else None,
        follow_ups=slot.ask.then,
    )


def _gate(
    case: PlanningCase, content: Content, slot: Planned, values: dict[str, str], now: datetime
) -> NewQuestion:
    """GATE-01's own question: what waits behind it is written down with it."""
    asked = _question(slot)
    behind = {
        "text": slot.text,
        "slot": slot_name(case, slot),
        "programme": slot.programme,
        "version": content.number_of(slot.programme, now, case.patient.consented_at),
        "step": slot.step,
        "priority": slot.priority,
        "values": {name: value for name, value in values.items() if name != "first"},
        "asks": asked
        and {
            "kind": asked.kind,
            "about": asked.about,
            "closes_after_s": asked.closes_after_s,
            "nudge_after_s": asked.nudge_after_s,
            "follow_ups": list(asked.follow_ups),
        },
    }
    return NewQuestion(
        kind="gate",
        answer_type="gate",
        about="gate",
        about_date=slot.about_date,
        night=slot.night,
        closes_after_s=int(GATE_OPEN.total_seconds()),
        behind=behind,
    )


def withheld_text(case: PlanningCase, content: Content, slot: Withheld, now: datetime) -> NewText:
    """The row that says why a slot came to nothing."""
    return NewText(
        clinic_id=case.clinic.id,
        patient_id=case.patient.id,
        slot=slot_name(case, slot),
        kind=Kind.PLANNED,
        language=case.patient.language,
        due_at=slot.at,
        not_after=max(slot.at, now),
        priority=slot.priority,
        programme=slot.programme,
        version=content.number_of(slot.programme, now, case.patient.consented_at),
        step=slot.step,
        night=slot.night,
        on_date=slot.on,
        asks=content.asks(slot.programme, slot.step, now, case.patient.consented_at),
        reason=slot.reason,
        detail=slot.detail[:200] or None,
    )


def nudge_text(
    case: PlanningCase, content: Content, question: Question, reason: str | None, keyring: Keyring
) -> NewText:
    """A question once more, unanswered so far; or the row that says why not."""
    nudge_at = question.nudge_at or case.next_wake_at
    values = {"first": open_given_name(keyring, case.patient)}
    catalogue, version = _asked_by(case, content, question, nudge_at)
    template = as_received(
        catalogue, question.template, case.patient.language, case.patient.privacy
    )
    composed = compose(catalogue, case.clinic, template, case.patient.language, values)
    return NewText(
        clinic_id=case.clinic.id,
        patient_id=case.patient.id,
        slot=f"nudge:{question.token}",
        kind=Kind.NUDGE,
        language=case.patient.language,
        due_at=nudge_at,
        not_after=nudge_at + RULES[Kind.NUDGE].useful_for,
        priority=_priority(question),
        body=composed.body,
        segments=composed.segments,
        sender=case.clinic.sender,
        programme=question.programme,
        version=version,
        step=question.step,
        night=question.night,
        on_date=question.about_date,
        template=composed.template,
        wording=composed.wording,
        reason=reason,
        missed=reason == "expired" and case.next_wake_at <= nudge_at + RULES[Kind.NUDGE].useful_for,
    )


def _asked_by(
    case: PlanningCase, content: Content, question: Question, at: datetime
) -> tuple[Catalogue, int | None]:
    """The texts a question is put again from, and the version: its own questionnaire goes on as it began."""
    joined = case.patient.consented_at
    asked_by = content.version(question.programme, question.version)
    if question.kind == OWN and asked_by is not None:
        return with_own(content.texts.at(at), [asked_by]), question.version
    return content.catalogue(at, joined), content.number_of(question.programme or "", at, joined)


def _priority(question: Question) -> str:
    return "check_in" if question.kind == OWN else "iron"


def slot_name(case: PlanningCase, slot: Planned | Withheld) -> str:
    """The never-null name of a slot: one patient, one step, one night, across versions."""
    return f"plan:{case.patient.token}:{slot.programme}/{slot.step}:{slot.night}"


def _withheld(slot: Planned, reason: str, detail: str) -> Withheld:
    return Withheld(
        programme=slot.programme,
        step=slot.step,
        night=slot.night,
        on=slot.on,
        due=slot.due,
        at=slot.at,
        priority=slot.priority,
        reason=reason,
        detail=detail,
    )
