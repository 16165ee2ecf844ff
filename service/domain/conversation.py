"""What a reply does: which question it answers, what it changes, and what is said back. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import time, timedelta
from types import MappingProxyType

from schedules.night import wake_of
from schedules.recurrence import to_local
from service.domain import answers, commands
from service.domain.alerts import RULES, rule_for_reading
from service.domain.consent import ConsentState
from service.domain.delivery import OWED, Kind
from service.domain.own_answers import take_own_answer
from service.domain.reading import Intent, Reading, read
from service.domain.reading.labels import ANSWERS
from service.domain.reading.taught import Taught, Words, is_unsure, read_taught
from service.domain.talk import Open, Outcome, Said, Talk
from service.domain.week_in_parts import with_parts

Handler = Callable[[Talk, Intent, Open | None, Outcome], None]
_NO_PHRASES: Mapping[Words, Taught] = MappingProxyType({})

HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(ANSWERS, answers.take_answer),
    "own_answer": take_own_answer,
    "correction": answers.correct_answer,
    "stop": commands.stop,
    "start": commands.start,
    "help": commands.give_help,
    "ready": commands.open_gate,
    "later": commands.ask_later,
    "bedtime_change": commands.change_bedtime,
    "pause": commands.pause,
    "resume": commands.resume,
    "language": commands.change_language,
    "own_week": commands.choose_week,
    "topic_stop": commands.leave_out_topic,
    "question": commands.question_for_staff,
    "time_pref": commands.choose_hour,
    "relief": commands.relieve,
    "status": commands.tell_status,
    "amount": commands.change_amount,
    "menu": commands.list_commands,
    "wrong_party": commands.wrong_party,
    "med_change": answers.change_medicine,
    "side_effect": commands.leave_to_staff,
    "red_flag": commands.do_nothing,
    "thanks": commands.do_nothing,
    "unknown": commands.not_understood,
}


def read_in(
    talk: Talk,
    body: str,
    bedtime: time,
    phrases: Mapping[Words, Taught] = _NO_PHRASES,
    names: Sequence[str] = (),
) -> Reading:
    """The reply as it reads in this conversation, of a patient with one of `names`.

    What means nothing to the open questions may be a second thought about one answered before, thanks where no
    question is open any more, or one of the clinic's own phrases.
    """
    own = talk.own_question()
    reading = read(body, talk.open_kinds(), bedtime=bedtime, own=own, names=names)
    unclear = _unclear_to_newest(talk, reading, body, bedtime)
    if unclear:
        return with_parts(talk.questions, unclear, bedtime)
    again = talk.answered_kinds()
    if again and [intent.name for intent in reading.intents] == ["unknown"]:
        corrected = read(body, again, bedtime=bedtime)
        first = corrected.intents[0]
        if first.name == "correction" or (
            first.name in ANSWERS and first.kind in talk.just_answered()
        ):
            return corrected
    if is_unsure(reading) and all(
        question.late or question.answered for question in talk.questions
    ):
        unasked = read(body, ["tip"], bedtime=bedtime)
        if unasked.intents[0].name == "thanks":
            return unasked
    taught = read_taught(body, talk.open_kinds(), phrases, bedtime) if is_unsure(reading) else None
    return taught or reading


def _unclear_to_newest(talk: Talk, reading: Reading, body: str, bedtime: time) -> Reading | None:
    """Numbers that answer the newest open question in part or not clearly: they are no answer to an older one."""
    if not all(one.name == "unknown" or one.name in _BY_NUMBER for one in reading.intents):
        return None
    kinds = talk.open_kinds()[:1]
    alone = read(body, kinds, bedtime=bedtime, own=talk.own_question())
    first = alone.intents[0]
    is_unclear = first.name == "unknown" and first.value in {"ambiguous", "incomplete"}
    return alone if is_unclear and first.kind == kinds[0] else None


def respond(talk: Talk, reading: Reading, *, bare_keyword: bool) -> Outcome:
    """What a reading does in this conversation.

    `bare_keyword`: the text was one of the words the provider answers itself.
    """
    outcome = Outcome()
    if reading.machine_made:
        outcome.bound = [None] * len(reading.intents)
        return outcome
    put_off = next((one for one in reading.intents if one.name == "later"), None)
    for intent in reading.intents:
        if intent.name == "later" and intent is not put_off:
            # One LATER is about one question: the newest that takes it.
            outcome.bound.append(None)
            continue
        question = _question_for(talk, intent)
        outcome.bound.append(question.id if question else None)
        if talk.consent is ConsentState.STOPPED and intent.name not in _HEARD_AFTER_STOP:
            outcome.review = True
            continue
        _raise_alert(talk, intent, question, outcome)
        handler = HANDLERS.get(intent.name, commands.leave_to_staff)
        handler(talk, intent, question, outcome)
    if bare_keyword and talk.provider_confirms:
        outcome.said = [one for one in outcome.said if one.kind not in _PROVIDER_ANSWERS]
    _continue_chain(talk, outcome)
    _settle(outcome)
    if talk.by_hand:
        _leave_to_person(outcome)
    return outcome


_BY_NUMBER = frozenset({"symptom_score", "weekly_scores", "nights_count", "own_answer"})
_HEARD_AFTER_STOP = frozenset({"red_flag", "help", "start", "stop"})
_PROVIDER_ANSWERS = frozenset({Kind.STOP_CONFIRM, Kind.HELP})


def _question_for(talk: Talk, intent: Intent) -> Open | None:
    """The newest open question of the kind the intent answers; a closed or answered one only if none is open.

    After another night an answer about one is news of that one: the answer of the night before stands.
    """
    if intent.kind is None:
        return None
    mine = [
        question
        for question in talk.questions
        if question.kind == intent.kind
        and not (question.answered and intent.name in _OF_A_NIGHT and _slept_since(talk, question))
    ]
    return min(mine, key=lambda question: (question.answered, question.late), default=None)


_OF_A_NIGHT = frozenset({"symptom_score", "onset_time"})


def _slept_since(talk: Talk, question: Open) -> bool:
    """Whether the patient has woken from a later night than the one a question is about."""
    woken = wake_of(talk.rhythm, question.night + timedelta(days=1))
    return to_local(talk.now, talk.rhythm.zone) >= woken


def _raise_alert(talk: Talk, intent: Intent, question: Open | None, outcome: Outcome) -> None:
    kind = question.kind if question else None
    rule = rule_for_reading(intent.name, intent.value, talk.facts, kind)
    if rule is None or rule in outcome.alerts:
        return
    outcome.alerts[rule] = intent.value
    outcome.review = True
    known = RULES[rule]
    if known.reply is not None and not any(one.template == known.reply for one in outcome.said):
        urgent = known.tier == "RED"
        outcome.said.append(Said(known.reply, Kind.CRISIS if urgent else Kind.ANSWER))
    if rule == "M-PREG":
        outcome.facts["tip_hold"] = ""


def _continue_chain(talk: Talk, outcome: Outcome) -> None:
    """The next question of a chain comes as the answer to the one before, whatever that answer was."""
    if talk.consent is not ConsentState.ACTIVE or outcome.consent is ConsentState.STOPPED:
        return
    for given in outcome.given:
        question = given.question
        if question is None or question.late or question.answered or not question.follow_ups:
            continue
        outcome.said = [one for one in outcome.said if one.template != "SYS-17"]
        first, *rest = question.follow_ups
        outcome.said.append(
            Said(first, Kind.ANSWER, asks="", follow_ups=tuple(rest), about=question)
        )


def _settle(outcome: Outcome) -> None:
    """One automatic text for one reply, and a chain's next question beside it.

    A crisis text and the one confirmation of a STOP are owed both; after a STOP nothing else is said.
    """
    owed = [one for one in outcome.said if one.kind in {Kind.CRISIS, Kind.STOP_CONFIRM}]
    if outcome.consent is ConsentState.STOPPED:
        outcome.said = owed
        return
    telling = sorted((one for one in outcome.said if one.asks is None), key=_weight)
    asking = [one for one in outcome.said if one.asks is not None]
    outcome.said = owed or (telling[:1] + asking[:1])


def _leave_to_person(outcome: Outcome) -> None:
    """A person is in the conversation: what is owed is said, the rest waits for them.

    What the patient asked the service itself to do is done and said; a text he asked for (behind a gate, or again
    at an hour he named) is no answer of ours.
    """
    outcome.reasked = None
    if outcome.obeys:
        return
    outcome.said = [one for one in outcome.said if outcome.consent or one.kind in OWED]
    outcome.review = True


def _weight(said: Said) -> int:
    """The text of a rule before any other answer, plain thanks last."""
    if said.template in _RULE_TEXTS:
        return 0
    return 2 if said.template == "SYS-17" else 1


_RULE_TEXTS = frozenset(rule.reply for rule in RULES.values() if rule.reply)
