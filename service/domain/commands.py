"""What a patient may ask of the service in a reply, at any hour: stop, start, help, later, pause, and the like."""

from datetime import datetime, time
from typing import Any

from message_templates.formats import clock_time, short_date
from schedules.facts import SET, TEXTS_AT, WEEKDAYS
from schedules.hours import nearest_inside
from schedules.night import night_of
from schedules.recurrence import to_local
from service.domain import requests
from service.domain.consent import ConsentState
from service.domain.delivery import Kind
from service.domain.own_week import CHOSE_WEEK
from service.domain.reading import Intent
from service.domain.talk import EPISODE, Given, Open, Outcome, Said, Talk
from service.domain.week_in_parts import keep_part

# Said of a command, not of an answer: a pause, a bedtime or an hour that cannot be.
_NO_DAY_OR_HOUR = frozenset({"ambiguous", "invalid_time", "out_of_range"})
_BEDTIME_NOTED = {
    "": "SYS-18",
    "tonight": "SYS-37",
    "weekend": "SYS-38",
    "weekdays": "SYS-39",
    "always": "SYS-40",
}
TOPIC_PROGRAMMES = {
    "iron": ("iron", "iron_diet"),
    "caffeine": ("caffeine",),
    "alcohol": ("alcohol",),
    "nicotine": ("nicotine",),
    "exercise": ("movement",),
    "relax": ("relaxation",),
    "compression": ("compression",),
    "lab": ("labs",),
    "tips": (
        "education",
        "sleep_hygiene",
        "relaxation",
        "movement",
        "compression",
        "iron_diet",
        "comorbid_care",
    ),
}


def stop(talk: Talk, _intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """Opt out; a second STOP changes nothing and is not confirmed again."""
    if talk.consent is not ConsentState.STOPPED:
        outcome.consent = ConsentState.STOPPED
        outcome.said.append(Said("SYS-04", Kind.STOP_CONFIRM))


def start(talk: Talk, intent: Intent, question: Open | None, outcome: Outcome) -> None:
    """Take up an invitation, or come back after a STOP; anything else is for staff."""
    if talk.invited:
        outcome.consent = ConsentState.ACTIVE
        outcome.said.append(Said("SYS-02", Kind.ANSWER))
    elif talk.consent is ConsentState.STOPPED:
        outcome.consent = ConsentState.ACTIVE
        # Who comes back wants texts: a pause from before the STOP would make the answer untrue.
        outcome.resume = True
        outcome.said.append(Said("SYS-06", Kind.ANSWER))
    else:
        # Nothing to take up: who asks is told what these texts are, and staff see that there was a doubt.
        outcome.said.append(Said("SYS-03", Kind.HELP))
        leave_to_staff(talk, intent, question, outcome)


def give_help(_talk: Talk, _intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """Say what these texts are and how to end them."""
    outcome.said.append(Said("SYS-03", Kind.HELP))


def open_gate(_talk: Talk, _intent: Intent, question: Open | None, outcome: Outcome) -> None:
    """The patient can read in private: the text behind the gate may go."""
    outcome.opened = question


def ask_later(talk: Talk, intent: Intent, question: Open | None, outcome: Outcome) -> None:
    """Keep the question open and ask again at the time named, where that can be."""
    again = None
    if question is not None and not question.late and question.laters < requests.MOST_LATERS:
        closes = None if question.kind == "lab_yn" else question.closes_at
        again = requests.ask_again_at(intent.value, talk.rhythm, closes, talk.now)
    if question is not None:
        outcome.later = (question, again)
    if again is None:
        outcome.said.append(Said("SYS-17", Kind.ANSWER))
        return
    local = to_local(again, talk.rhythm.zone)
    if intent.value in WEEKDAYS:
        outcome.review = True
        values = {"date": short_date(local.date(), talk.language)}
        outcome.said.append(Said("SYS-20", Kind.ANSWER, values))
    else:
        values = {"time": clock_time(local.time(), talk.language)}
        outcome.said.append(Said("SYS-19", Kind.ANSWER, values))


def change_bedtime(talk: Talk, intent: Intent, question: Open | None, outcome: Outcome) -> None:
    """Keep a new bedtime, for the nights it was said for."""
    bedtime, nights = requests.bedtime(intent.value)
    outcome.changes |= _bedtime_changes(talk, bedtime, nights)
    if question is not None:
        outcome.given.append(
            Given(
                question.kind,
                intent.name,
                None,
                intent.value,
                question.night,
                question.about_date,
                question,
                question.late,
            )
        )
    values = {"time": clock_time(bedtime, talk.language)}
    outcome.said.append(Said(_BEDTIME_NOTED[nights], Kind.ANSWER, values))


def _bedtime_changes(talk: Talk, bedtime: time, nights: str) -> dict[str, Any]:
    """What a bedtime changes of the patient; the nights it was not said for keep theirs."""
    if nights == "tonight":
        tonight = night_of(talk.now, talk.rhythm.zone)
        return {"tonight_night": tonight, "tonight_bedtime": bedtime}
    if nights == "weekend":
        return {"bedtime_weekend": bedtime}
    if nights == "weekdays":
        weekend = talk.rhythm.bedtime_weekend or talk.rhythm.bedtime
        return {"bedtime": bedtime, "bedtime_weekend": weekend}
    if nights == "always":
        return {"bedtime": bedtime, "bedtime_weekend": None}
    return {"bedtime": bedtime}


def pause(talk: Talk, intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """Rest the planned texts until a date; who asked for longer than a text may is left to a person too."""
    until, day = requests.pause_until(intent.value, talk.rhythm.zone, talk.now)
    today = to_local(talk.now, talk.rhythm.zone).date()
    if day <= today:
        _ask_for_a_day_or_hour(talk, outcome)
        return
    outcome.pause_until = until
    outcome.review = outcome.review or requests.is_long_pause(intent.value, today)
    said = short_date(day, talk.language)
    outcome.said.append(Said("SYS-05", Kind.ANSWER, {"date": said}))


def resume(talk: Talk, _intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """End a pause."""
    outcome.resume = True
    outcome.said.append(Said("SYS-06" if talk.paused else "SYS-17", Kind.ANSWER))


def change_language(_talk: Talk, intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """Write in another language from now on."""
    outcome.changes["language"] = intent.value
    outcome.said.append(Said("SYS-22", Kind.ANSWER))


def choose_hour(talk: Talk, intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """Move the texts tied to neither sleep nor medicine to an hour, or to the nearest one in the patient's hours."""
    today = to_local(talk.now, talk.rhythm.zone).date()
    wished = datetime.combine(today, time.fromisoformat(intent.value))
    hour = nearest_inside(talk.rhythm, wished).time()
    outcome.asked_for = True
    outcome.facts[TEXTS_AT] = f"{hour:%H:%M}"
    outcome.said.append(Said("SYS-21", Kind.ANSWER, {"time": clock_time(hour, talk.language)}))


def leave_out_topic(talk: Talk, intent: Intent, question: Open | None, outcome: Outcome) -> None:
    """Leave out one topic and keep the rest."""
    programmes = TOPIC_PROGRAMMES.get(intent.value)
    if programmes is None:
        leave_to_staff(talk, intent, question, outcome)
        return
    outcome.left_out = programmes
    outcome.said.append(Said("SYS-14", Kind.ANSWER))


def relieve(talk: Talk, intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """Say what helps now, and write down that the legs kept the patient up."""
    night = night_of(talk.now, talk.rhythm.zone)
    about = to_local(talk.now, talk.rhythm.zone).date()
    outcome.given.append(
        Given(EPISODE, intent.name, None, "", night, about, question=None, late=False)
    )
    outcome.asked_for = True
    outcome.said.append(Said("LEG-01", Kind.ANSWER))


def tell_status(talk: Talk, _intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """Say whether texts are on, and near which hour where the patient chose one."""
    outcome.asked_for = True
    if talk.paused:
        outcome.said.append(Said("SYS-25", Kind.ANSWER))
        return
    values = {"time": clock_time(talk.texts_at or talk.rhythm.bedtime, talk.language)}
    outcome.said.append(Said("SYS-32" if talk.texts_at else "SYS-24", Kind.ANSWER, values))


def change_amount(_talk: Talk, intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """Half as many texts a week from today on, or the usual number again."""
    outcome.asked_for = True
    if intent.value == "fewer":
        outcome.facts["fewer_texts"] = SET
        outcome.said.append(Said("SYS-27", Kind.ANSWER))
    else:
        outcome.ended_facts = ("fewer_texts",)
        outcome.said.append(Said("SYS-28", Kind.ANSWER))


def list_commands(_talk: Talk, _intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """Say what may be asked for."""
    outcome.asked_for = True
    outcome.said.append(Said("SYS-26", Kind.ANSWER))


def choose_week(_talk: Talk, intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """Tell the patient's own week on Sundays, or no longer."""
    outcome.asked_for = True
    if intent.value == "yes":
        outcome.facts[CHOSE_WEEK] = SET
        outcome.said.append(Said("SYS-29", Kind.ANSWER))
    else:
        outcome.ended_facts = (CHOSE_WEEK,)
        outcome.said.append(Said("SYS-30", Kind.ANSWER))


def question_for_staff(
    _talk: Talk, _intent: Intent, _question: Open | None, outcome: Outcome
) -> None:
    """Say that a person will answer, and leave it to one."""
    outcome.review = True
    if not any(one.kind is Kind.CRISIS for one in outcome.said):
        outcome.said.append(Said("SYS-13", Kind.ANSWER))


def wrong_party(talk: Talk, intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """Somebody else has the phone: explain, or stop for good."""
    outcome.review = True
    if intent.value == "unsure":
        outcome.said.append(Said("SYS-15", Kind.ANSWER))
    elif intent.value in {"wrong_number", "deceased"}:
        outcome.consent = ConsentState.STOPPED
        if intent.value == "wrong_number" and talk.consent is not ConsentState.STOPPED:
            outcome.said.append(Said("SYS-23", Kind.STOP_CONFIRM))


def not_understood(talk: Talk, intent: Intent, question: Open | None, outcome: Outcome) -> None:
    """Ask once more, in plain words; then leave it, for a person."""
    if intent.kind is None and intent.value in _NO_DAY_OR_HOUR:
        _ask_for_a_day_or_hour(talk, outcome)
        return
    asked = next((one for one in talk.questions if _may_be_asked_again(one)), None)
    if asked is None or talk.consent is not ConsentState.ACTIVE:
        outcome.review = True
        return
    if intent.value == "unchanged":
        return
    if question is not None and keep_part(question, intent, outcome):
        return
    if asked.reasked:
        outcome.review = True
        return
    outcome.reasked = asked
    template = "SYS-08" if asked.kind == "symptom_0_10" else "SYS-07"
    outcome.said.append(Said(template, Kind.ANSWER, about=asked))


def _ask_for_a_day_or_hour(talk: Talk, outcome: Outcome) -> None:
    """Say how to write the day or hour of a command so that it is understood; a person looks too."""
    outcome.review = True
    if talk.consent is ConsentState.ACTIVE:
        outcome.said.append(Said("SYS-31", Kind.ANSWER))


def _may_be_asked_again(question: Open) -> bool:
    return not question.late and not question.answered and question.kind != "gate"


def leave_to_staff(_talk: Talk, _intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """A person should look at this."""
    outcome.review = True


def do_nothing(_talk: Talk, _intent: Intent, _question: Open | None, _outcome: Outcome) -> None:
    """Nothing is said or changed by this intent itself."""
    return
