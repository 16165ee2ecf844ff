"""What somebody is about to text a patient: the beginnings on offer, its length, and when it would leave."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from message_templates.catalogue import Catalogue
from message_templates.segments import measure
from schedules.open_hours import in_window
from service.domain.composing import compose
from service.domain.text_uses import ANSWERS
from service.entry.web import words
from service.entry.web.text_looks import ALPHABET
from service.flows.text_patient import MOST_SEGMENTS, leaving
from service.store.people import open_given_name, rhythm_of
from service.store.records import Clinic, Patient
from service.store.sealed import new_token
from service.store.session import Tx

BEGINNINGS = tuple(text_id for text_id in ANSWERS if text_id.startswith("STF-"))


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed on a reply's page: an answer, or which beginning of one is wanted, and why it was not sent;
    a phrase to teach, its meaning, and why it was not taught."""

    body: str = ""
    wanted: str = ""
    once: str = ""
    fault: str = ""
    phrase: str = ""
    meaning: str = ""
    not_taught: str = ""


def answering(
    tx: Tx, clinic: Clinic, patient: Patient, catalogue: Catalogue, draft: Draft, now: datetime
) -> dict[str, Any]:
    """What the form of an answer shows."""
    begun = {
        text_id: compose(catalogue, clinic, text_id, patient.language, {"first": first}).body
        for first in (open_given_name(tx.keyring, patient),)
        for text_id in BEGINNINGS
        if catalogue.get(text_id, patient.language)
    }
    body = draft.body or begun.get(draft.wanted, "")
    return {
        "beginnings": [
            (text_id, ANSWERS[text_id].partition(": ")[2], said) for text_id, said in begun.items()
        ],
        "body": body,
        "length": measure(" ".join(body.split())),
        "most": MOST_SEGMENTS,
        "alphabet": ALPHABET,
        "once": draft.once or new_token(),
        "leaves": leaves_words(tx, patient, now),
    }


def leaves_words(tx: Tx, patient: Patient, now: datetime) -> str:
    """When a text would leave, and why then, in a sentence."""
    at, clock = leaving(tx, patient, now), words.clock(now, patient.zone)
    hours = (
        "the hours before their bedtime"
        if patient.window == "bedtime"
        else patient.window.replace("-", " to ")
    )
    if in_window(rhythm_of(patient), now):
        return f"It leaves at once: it is {clock} there, within their hours ({hours})."
    if at <= now:
        return (
            f"It leaves at once although it is {clock} there, outside their hours ({hours}):"
            " they wrote less than an hour ago."
        )
    return (
        f"It waits: it is {clock} there, outside their hours ({hours}), and they have not written within the hour."
        f" It leaves {words.ahead(at, now, patient.zone)}, their time."
    )
