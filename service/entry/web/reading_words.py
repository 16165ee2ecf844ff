"""How a reply was read, in the words of the pages: every intent and value, none of their codes."""

from collections.abc import Callable
from datetime import date

from message_templates.catalogue import LANGUAGES
from schedules.facts import WEEKDAYS
from service.domain.counting import counted
from service.domain.requests import next_weekday, pause_ends_on
from service.entry.web.words import DAY, named_day
from service.store.corrections import Correction
from service.store.overview import Read

_GOALS = {
    "iron_yn": ("iron taken", "iron not taken"),
    "caffeine_yn": ("caffeine cut-off kept", "caffeine cut-off not kept"),
    "alcohol_yn": ("alcohol cut-off kept", "alcohol cut-off not kept"),
    "nicotine_yn": ("nicotine cut-off kept", "nicotine cut-off not kept"),
    "exercise_yn": ("walked or stretched", "did not walk or stretch"),
    "relax_yn": ("wound down", "did not wind down"),
    "compression_yn": ("wore the wraps", "did not wear the wraps"),
    "lab_yn": ("blood test done", "blood test not done"),
}
_SCREENS = {
    "aug_earlier_yn": "symptoms earlier or spreading",
    "urges_yn": "new urges",
    "med_change_yn": "a medicine changed",
}
_ONSETS = {
    "none": "no symptoms",
    "bedtime": "symptoms from bedtime on",
    "all_day": "symptoms all day",
}
_PLAIN = {
    "ready": "ready to read",
    "relief": "legs bad now",
    "status": "asked whether texts are on",
    "menu": "asked what can be said",
    "start": "asked to start",
    "stop": "asked to stop all texts",
    "resume": "asked to resume",
    "help": "asked for help",
    "thanks": "thanks",
    "not_due": "not due that day",
    "question": "a question, for you",
}
_WITH_VALUE = {
    "symptom_score": "severity {}",
    "red_flag": "danger: {}",
    "side_effect": "side effect: {}",
    "topic_stop": "no more texts about {}",
    "time_pref": "asked for texts near {}",
    "amount": "asked for {} texts",
    "wrong_party": "not the patient ({})",
}
_WEEK = {"yes": "asked for their own week", "no": "no longer wants their own week"}
_VALUES = {
    "suicide": "self-harm",
    "chest_pain": "chest, breath or stroke signs",
    "drug_reaction": "swelling of face or throat",
    "dvt": "one leg swollen, hot or red",
    "gi_bleed": "blood",
    "overdose": "too much medicine",
    "child_ingestion": "a child took medicine",
    "sleep_attack": "sudden sleep",
    "impulse_control": "an urge hard to resist",
    "wrong_number": "wrong number",
    "deceased": "a death",
    "proxy": "somebody writes for them",
    "unsure": "asks who this is",
    "skin": "trouble with the skin",
    "tight": "too tight",
    "relax": "winding down",
    "lab": "blood tests",
}
_NIGHTS = {
    "tonight": ", for tonight only",
    "weekend": ", at weekends",
    "weekdays": ", on weekdays",
    "always": ", every night",
}
_BARRIERS = {"unwell": "was unwell", "stopped": "has stopped"}
_MEDICINES = {"new": "a new medicine", "stopped": "a medicine stopped"}
_DOUBTS = {
    "out_of_range": "out of range",
    "incomplete": "a part is missing",
    "ambiguous": "may mean several things",
    "invalid_time": "no such time",
    "unchanged": "nothing new",
}


def reading(read: Read, on: date) -> str:
    """How a reply that came on the local date `on` was read, in a few words."""
    if read.intent in _SENTENCES:
        return _SENTENCES[read.intent](read.value, on)
    if read.intent in _WITH_VALUE:
        return _WITH_VALUE[read.intent].format(_plain(read.value))
    if read.intent == "correction":
        intent, _, value = read.value.partition(":")
        right = reading(Read(intent, value, read.kind), on)
        return f"a correction: {right}" if intent else "a correction"
    if read.intent.startswith("adherence_"):
        return _kept(read, on)
    if read.intent.startswith("screen_"):
        detail = read.value.partition(":")[2]
        answer = "yes" if read.intent == "screen_yes" else "no"
        about = _SCREENS.get(read.kind or "", "the check")
        return f"{answer} to: {about}" + (f" ({_plain(detail)})" if detail else "")
    return _PLAIN.get(read.intent) or _plain(read.intent)


def meaning(meant: Correction, on: date) -> str:
    """What a person says that a reply means, as a reading of it would be put."""
    if meant.kind is None:
        return "no answer"
    return reading(Read(meant.intent or "", meant.word or "", meant.kind), on)


def for_staff(read: Read) -> bool:
    """Whether a reading leaves something to a person."""
    return read.intent in {"question", "unknown", "red_flag", "wrong_party"}


def _plain(value: str) -> str:
    return _VALUES.get(value, value.replace("_", " "))


def _week(value: str, _on: date) -> str:
    scores = (*value.split(","), "", "", "")
    return f"week: in bed {scores[0]}, at rest {scores[1]}, poor sleep {scores[2]}"


def _pause(value: str, on: date) -> str:
    """A length, the day it ends on, or neither: what follows from that is the banner's to say."""
    if value.startswith("until:"):
        return f"asked to pause until {named_day(pause_ends_on(value, on))}"
    days = value.removesuffix("d")
    return f"asked to pause for {counted(int(days), 'day')}" if days else "asked to pause"


def _later(value: str, on: date) -> str:
    if value in WEEKDAYS:
        return f"asked to be asked again on {named_day(next_weekday(value, on))}"
    return "asked to be asked again" + (f" at {value}" if value else "")


def _other_night(value: str, on: date) -> str:
    return f"that was for {_when(value, on)}"


def _bedtime(value: str, _on: date) -> str:
    clock, _, when = value.partition("@")
    return f"bedtime {clock}" + _NIGHTS.get(when, "")


def _unknown(value: str, _on: date) -> str:
    doubt = f" ({_DOUBTS[value]})" if value in _DOUBTS else ""
    return f"not understood{doubt}, for you"


_SENTENCES: dict[str, Callable[[str, date], str]] = {
    "weekly_scores": _week,
    "nights_count": lambda value, _on: counted(int(value), "hard night"),
    "onset_time": lambda value, _on: _ONSETS.get(value, f"symptoms from {value}"),
    "pause": _pause,
    "later": _later,
    "bedtime_change": _bedtime,
    "night": _other_night,
    "own_answer": lambda value, _on: (
        f"answered: {_plain(value)}" if value else "answered in own words"
    ),
    "own_week": lambda value, _on: _WEEK[value],
    "language": lambda value, _on: f"asked for {LANGUAGES.get(value, 'another language')}",
    "med_change": lambda value, _on: _MEDICINES.get(value, "a medicine changed"),
    "unknown": _unknown,
}


def _kept(read: Read, on: date) -> str:
    yes, no = _GOALS.get(read.kind or "", ("yes", "no"))
    answer, _, day = read.value.partition("@")
    why = answer.partition(":")[2]
    said = {"adherence_yes": yes, "adherence_partial": f"partly: {yes}"}.get(read.intent, no)
    if why:
        said += f" ({_BARRIERS.get(why) or _plain(why)})"
    return f"{said}, {_when(day, on)}" if day else said


def _when(day: str, on: date) -> str:
    """The earlier day an answer is about: `prev`, or a weekday gone by."""
    if day not in WEEKDAYS:
        return "the day before"
    return named_day(on - DAY * ((on.weekday() - WEEKDAYS.index(day)) % 7))
