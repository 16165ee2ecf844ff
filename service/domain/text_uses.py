"""Where a text is said: in which steps of which programmes, in place of which other text, or as which answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from message_templates.catalogue import GATE_ID, Catalogue
from schedules.programme import Programme

# What the texts that no programme says are for.
ANSWERS: Mapping[str, str] = {
    "SYS-01": "the invitation",
    "SYS-02": "the answer to a YES",
    "SYS-03": "the answer to HELP",
    "SYS-04": "the last text after STOP",
    "SYS-05": "the answer to PAUSE",
    "SYS-06": "the answer to RESUME and START",
    "SYS-07": "asks again when an answer was not understood",
    "SYS-08": "asks again for a number from 0 to 10",
    "SYS-09": "the answer to a worry or a new medicine that staff must see",
    "SYS-10": "the answer to words of acute danger",
    "SYS-11": "the answer to words of suicide",
    "SYS-12": "the answer to a possible poisoning",
    "SYS-13": "the answer to a question",
    "SYS-14": "the answer to “no more texts about this”",
    "SYS-15": "the answer to “who is this?”",
    "SYS-16": "the answer to a number that is no patient’s",
    "SYS-17": "thanks for an answer",
    "SYS-18": "the answer to a bedtime",
    "SYS-19": "the answer to LATER, with a time",
    "SYS-20": "the answer to LATER, with a day",
    "SYS-21": "the answer to a wish for another hour",
    "SYS-22": "the answer to a wish for this language",
    "SYS-23": "the last text to a wrong number",
    "SYS-24": "the answer to STATUS",
    "SYS-25": "the answer to STATUS in a pause",
    "SYS-26": "the answer to MENU",
    "SYS-27": "the answer to FEWER",
    "SYS-28": "the answer to MORE",
    "LEG-01": "the answer to LEGS",
    "SYS-29": "the answer to “send my week”",
    "SYS-30": "the answer to “no week”",
    "SYS-32": "the answer to STATUS, where the patient chose an hour for texts",
    "SYS-31": "the answer to a pause or a bedtime whose day or hour cannot be understood",
    "SYS-34": "asks people who share a phone whose reply it is",
    "SYS-35": "the answer to “that was for Tuesday”: the day an answer counts for now",
    "SYS-36": "the answer to “that was for Tuesday”, where an answer stays where it is",
    "SYS-37": "the answer to a bedtime for tonight",
    "SYS-38": "the answer to a bedtime for weekends",
    "SYS-39": "the answer to a bedtime for weekdays",
    "SYS-40": "the answer to a bedtime for every night",
    "SYS-33": "asks for what is missing of the week’s three numbers",
    "SYM-03": "the answer to a hard night, 7 or more",
    "IRN-07": "also the answer to dark or bloody stools",
    "AUG-04": "the answer to a YES to the earlier-symptoms check",
    "STF-01": "offered to who answers a patient: we will call",
    "STF-02": "offered to who answers a patient: please call us",
    "STF-03": "offered to who answers a patient: what do you mean?",
    "STF-04": "offered to who answers a patient: thank you",
    "STF-05": "offered to who answers a patient: at the next visit",
    GATE_ID: "asks a discreet patient to open any private text",
}


@dataclass(frozen=True, slots=True)
class Use:
    """One step that says a text; `instead_of` is the text named there that a discreet patient gets this one for.

    `has_cutoff`: it can fill {cutoff}.
    """

    slug: str
    title: str
    step: str
    has_cutoff: bool
    instead_of: str | None = None


def uses_of(text_id: str, programmes: Iterable[Programme], catalogue: Catalogue) -> list[Use]:
    """Every step of `programmes` that says `text_id`, itself or as a discreet twin, follow-up questions included."""
    found = []
    for programme in programmes:
        for step in programme.steps:
            place = (programme.slug, programme.title, step.key, step.cutoff is not None)
            named = (*step.say, *(step.ask.then if step.ask else ()))
            if text_id in named:
                found.append(Use(*place))
            found += [Use(*place, other) for other in named if _twin(other, catalogue) == text_id]
    return found


def _twin(text_id: str, catalogue: Catalogue) -> str | None:
    text = catalogue.get(text_id, "en")
    return text.discreet if text else None
