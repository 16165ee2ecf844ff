"""Why a reply waits, and what it may be said to mean, in the words of the inbox."""

from datetime import date

from schedules.own_questions import OWN, OwnQuestion
from schedules.recurrence import to_local
from service.domain.meanings import CHOICES
from service.domain.own_texts import kept_words
from service.domain.requests import LONGEST_PAUSE_DAYS, is_long_pause
from service.entry.web.reading_words import reading
from service.store.overview import Read, Reply

SHARED = ("amber", "Whose is it?", "The number is nobody’s, or several people’s.")
_WHY = {
    "red_flag": ("red", "May mean danger", "It was answered at once with the emergency text."),
    "wrong_party": ("amber", "May be somebody else", "Check the number by another way."),
    "question": ("amber", "A question", "It was left to you to answer."),
    "side_effect": ("amber", "A side effect", "Ask about the medicine."),
    "med_change": ("amber", "A medicine changed", "Check it against the list of triggers."),
    "screen_yes": ("amber", "Yes to a check", "Ask more about it."),
    "unknown": ("amber", "Not understood", "Say what it means, or ask."),
}
_UNREAD = ("amber", "Not read", "The service could not read it.")
_UNANSWERED = ("amber", "Not answered", "Three automatic answers had gone out within the hour.")
_LONG = (
    "amber",
    "A long pause",
    f"Texts rest {LONGEST_PAUSE_DAYS} days. Ask whether more was meant; you can pause for longer.",
)
_LEFT = ("", "Left to you", "Automatic answers rested, or only a person can do what it asks for.")
# Where the button says no more than the figure.
_FIGURES = frozenset({"symptom_score", "nights_count"})


def why_waiting(reply: Reply, unanswered: bool, zone: str) -> tuple[str, str, str]:
    """The shape and the words of the tag, and what to do about it."""
    said = {one.intent for one in reply.readings}
    if reply.patient_id is None and "red_flag" not in said:
        return SHARED
    if not reply.readings:
        return _UNREAD
    on = to_local(reply.received_at, zone).date()
    if any(one.intent == "pause" and is_long_pause(one.value, on) for one in reply.readings):
        return _LONG
    first = next((why for intent, why in _WHY.items() if intent in said), None)
    return first or (_UNANSWERED if unanswered else _LEFT)


def options(kind: str, own: OwnQuestion | None, on: date) -> list[tuple[str, str]]:
    """The answers of the closed list to a question: what is written down, and how it reads.

    `own` is what a clinic's own question asks; a number or a time is typed.
    """
    if kind == OWN:
        listed = own is not None and own.type in ("choice", "yes_no")
        return (
            [(word, kept_words(own, word, None)) for word in own.words()] if own and listed else []
        )
    return [
        (value, value if intent in _FIGURES else reading(Read(intent, value, kind), on))
        for value, intent in CHOICES[kind].items()
    ]
