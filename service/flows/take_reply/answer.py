"""The texts that answer a reply: what was said back, a chain's next question, what waited behind a gate."""

from datetime import datetime, timedelta
from typing import Any

from message_templates.catalogue import Catalogue
from schedules.own_questions import OWN
from schedules.question import answer_type
from service.domain.composing import Composed, as_received, compose
from service.domain.delivery import RULES, Kind
from service.domain.own_answers import resumes_after
from service.domain.own_texts import own_hint
from service.domain.talk import Open, Outcome, Said
from service.store.people import open_given_name
from service.store.records import Clinic, NewQuestion, NewText, Patient
from service.store.replies import StoredReply
from service.store.sealed import Keyring


def answer_texts(
    catalogue: Catalogue,
    clinic: Clinic,
    patient: Patient,
    reply: StoredReply,
    outcome: Outcome,
    now: datetime,
    keyring: Keyring,
) -> list[NewText]:
    """One text for each thing said, numbered within the reply so that saying it twice is harmless."""
    first = open_given_name(keyring, patient)

    def composed(template: str, values: dict[str, str]) -> Composed:
        sent = as_received(catalogue, template, patient.language, patient.privacy)
        return compose(catalogue, clinic, sent, patient.language, {"first": first, **values})

    texts = []
    for number, said in enumerate(outcome.said):
        values = dict(said.values)
        if said.template == "SYS-07" and said.about is not None:
            values["hint"] = _hint(catalogue, said.about, patient.language)
        texts.append(
            _text(clinic, patient, reply, said.kind, now, composed(said.template, values))
            | {"slot": f"reply:{reply.token}:{number}"}
            | _next_question(catalogue, said, patient.zone, now)
        )
    if outcome.opened is not None:
        texts.append(_behind(clinic, patient, reply, outcome.opened, now, composed))
    put_off, again = outcome.later or (None, None)
    if put_off is not None and again is not None:
        texts.append(_again(clinic, patient, reply, put_off, again, composed))
    return [NewText(**text) for text in texts]


def _text(
    clinic: Clinic,
    patient: Patient,
    reply: StoredReply,
    kind: Kind,
    at: datetime,
    composed: Composed,
) -> dict[str, Any]:
    return {
        "clinic_id": clinic.id,
        "patient_id": patient.id,
        "inbound_id": reply.id,
        "kind": kind,
        "language": patient.language,
        "due_at": at,
        "not_after": at + RULES[kind].useful_for,
        "sender": clinic.sender,
        "template": composed.template,
        "wording": composed.wording,
        "body": composed.body,
        "segments": composed.segments,
    }


def _hint(catalogue: Catalogue, about: Open, language: str) -> str:
    """How to answer a question."""
    return (
        own_hint(about.own, language) if about.own else catalogue.hint(about.kind, language) or ""
    )


def _next_question(catalogue: Catalogue, said: Said, zone: str, now: datetime) -> dict[str, Any]:
    """The question a chain goes on with, about what the first one was about."""
    if said.asks is None or said.about is None:
        return {}
    if said.asks == OWN:
        return _next_own_question(said.template, said.about, zone, now)
    text = catalogue.get(said.template, "en")
    kind = text.asks if text and text.asks else said.about.kind
    question = NewQuestion(
        kind=kind,
        answer_type=answer_type(kind),
        about="chain",
        about_date=said.about.about_date,
        night=said.about.night,
        closes_after_s=said.about.closes_after_s,
        follow_ups=said.follow_ups,
    )
    return {"question": question, "night": said.about.night, "anchor": said.template}


def _next_own_question(text_id: str, about: Open, zone: str, now: datetime) -> dict[str, Any]:
    """The question a questionnaire goes on with, of the version it began with; once more next evening if unanswered."""
    again = resumes_after(about, zone, now)
    question = NewQuestion(
        kind=OWN,
        answer_type=answer_type(OWN),
        about="chain",
        about_date=about.about_date,
        night=about.night,
        closes_after_s=about.closes_after_s,
        nudge_after_s=int(again.total_seconds()) if again else None,
        behind={"resumed": about.resumed},
    )
    return {
        "question": question,
        "night": about.night,
        "anchor": text_id,
        "programme": about.programme.slug if about.programme else None,
        "version": about.version,
        "step": about.step,
    }


def _behind(
    clinic: Clinic, patient: Patient, reply: StoredReply, gate: Open, now: datetime, composed: Any
) -> dict[str, Any]:
    """The text that waited behind the gate, in the slot it had from the start."""
    waited = gate.behind
    text = _text(
        clinic, patient, reply, Kind.ANSWER, now, composed(waited["text"], waited["values"])
    )
    asks = waited["asks"]
    text |= {
        "slot": waited["slot"],
        "programme": waited["programme"],
        "version": waited["version"],
        "step": waited["step"],
        "night": gate.night,
        "on_date": gate.about_date,
        "anchor": waited["text"],
        "priority": waited["priority"],
    }
    if asks:
        text["question"] = NewQuestion(
            kind=asks["kind"],
            answer_type=answer_type(asks["kind"]),
            about=asks["about"],
            about_date=gate.about_date,
            night=gate.night,
            closes_after_s=asks["closes_after_s"],
            nudge_after_s=asks["nudge_after_s"],
            follow_ups=tuple(asks["follow_ups"]),
        )
    return text


def _again(
    clinic: Clinic,
    patient: Patient,
    reply: StoredReply,
    question: Open,
    at: datetime,
    composed: Any,
) -> dict[str, Any]:
    """The question once more at the time the patient named; it is taken back when he answers before."""
    text = _text(clinic, patient, reply, Kind.ANSWER, at, composed(question.template, {}))
    return text | {
        "slot": f"later:{question.token}:{question.laters + 1}",
        "not_after": at + timedelta(hours=2),
    }
