"""A reply from a phone that several patients share: what counts for all, who it names, and asking once who it was."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from service.domain.consent import BY_TEXT, ConsentState
from service.domain.conversation import respond
from service.domain.delivery import Kind
from service.domain.keywords import is_provider_keyword
from service.domain.reading import Intent, Reading, read
from service.domain.shared_phone import ASKS_WHO, named
from service.domain.talk import Outcome, Said, Talk
from service.flows.take_reply.apply import apply
from service.flows.take_reply.unsaid import leave_unsaid
from service.runtime import Runtime
from service.store import consent, delivery_history, people, replies
from service.store.records import Clinic, Patient
from service.store.replies import StoredReply
from service.store.session import Tx
from service.store.talks import talk_with

# What people sharing a phone may still do together: neither can wait for us to ask who it was.
SHARED_INTENTS = frozenset({"red_flag", "stop", "start", "wrong_party", "help"})
# Asked so seldom who wrote: a family that answers in turns is not asked in turns.
ASKED_AGAIN_AFTER = timedelta(days=1)


def names_of(tx: Tx, whose: Sequence[Patient]) -> list[str]:
    """Given and family name of each, as they may sign."""
    opened = [people.open_person(tx.keyring, one) for one in whose]
    return [f"{one.given_name} {one.family_name}" for one in opened]


def who_is_named(tx: Tx, whose: Sequence[Patient], body: str) -> tuple[Patient, str] | None:
    """The one of them that a text names, and what it says beside the name; None for danger, STOP and the like."""
    if _for_all(_read(tx, whose, body)):
        return None
    found = named(body, [people.open_given_name(tx.keyring, one) for one in whose])
    return (whose[found[0]], found[1]) if found else None


def hear_all(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    whose: Sequence[Patient],
    reply: StoredReply,
    body: str,
    now: datetime,
) -> None:
    """Never guess whose answer it is. A cry for help, HELP, STOP and the START after it count for all."""
    reading = _read(tx, whose, body)
    for_all = _for_all(reading)
    talks = [
        (one, talk_with(tx, one, now, runtime.choices.provider_confirms_opt_out)) for one in whose
    ]
    answered = False
    for patient, talk in talks:
        mine = tuple(one for one in for_all if one.name != "start" or _may_start(tx, patient, talk))
        confined = Reading(mine, reading.rule_version, reading.machine_made)
        outcome = respond(talk, confined, bare_keyword=is_provider_keyword(body))
        if answered:
            outcome.said = []
        leave_unsaid(tx, patient, outcome, now)
        stays = talk.consent is ConsentState.STOPPED and "stop" in {one.name for one in mine}
        answered = answered or bool(outcome.said) or stays
        apply(runtime, tx, clinic, patient, reply, talk, outcome, body)
    if not for_all and not reading.machine_made:
        _ask_who(runtime, tx, clinic, talks, reply, body, now)
    replies.add_readings(tx, reply, reading, [None] * len(reading.intents))
    replies.mark_read(tx, reply, now, patient_id=None, review_state="open", question_id=None)


def _read(tx: Tx, whose: Sequence[Patient], body: str) -> Reading:
    """What it says, signed by whichever of them; START means something only where somebody has stopped."""
    stopped = any(one.consent == ConsentState.STOPPED for one in whose)
    return read(body, ["opted_out" if stopped else "none"], names=names_of(tx, whose))


def _for_all(reading: Reading) -> tuple[Intent, ...]:
    return tuple(one for one in reading.intents if one.name in SHARED_INTENTS)


def _may_start(tx: Tx, patient: Patient, talk: Talk) -> bool:
    """Who stopped by a text from this phone comes back by one; who told the clinic to stop does not by another's."""
    last = consent.last_change(tx, patient.id)
    return talk.consent is ConsentState.STOPPED and last is not None and last.actor == BY_TEXT


def _ask_who(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    talks: Sequence[tuple[Patient, Talk]],
    reply: StoredReply,
    body: str,
    now: datetime,
) -> None:
    """Ask whose text it is, in words that say nothing of health, where anybody waits for an answer."""
    waiting = [one for one in talks if one[1].invited or one[1].consent is ConsentState.ACTIVE]
    since = now - ASKED_AGAIN_AFTER
    if not waiting or any(
        delivery_history.said_since(tx, patient.id, ASKS_WHO, since) for patient, _ in talks
    ):
        return
    patient, talk = waiting[0]
    asking = Outcome(said=[Said(ASKS_WHO, Kind.HELP)])
    apply(runtime, tx, clinic, patient, reply, talk, asking, body)
