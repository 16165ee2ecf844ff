"""A phrase proposed -> tried on past replies -> put live by another person -> read by from then on."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.reading import Intent, read
from service.domain.reading.taught import MEANINGS, fault_of, is_unsure, read_taught, words_of
from service.store import audit, past_replies, phrases
from service.store.overview import Read
from service.store.past_replies import PastReply
from service.store.people import clinic_to_publish
from service.store.phrases import LIVE, PROPOSED, REFUSED, Phrase
from service.store.session import Tx


class NotTaughtError(Exception):
    """Why a phrase may not be taught, as a sentence."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One past reply and what it would be read to say; `contradicts` what it was read or said to mean."""

    reply: PastReply
    becomes: tuple[Intent, ...]
    contradicts: bool


@dataclass(frozen=True, slots=True)
class Replay:
    """What a phrase would have done: the replies it concerns, among how many that were looked at."""

    replies: tuple[Replayed, ...]
    looked_at: int

    @property
    def contradicted(self) -> tuple[Replayed, ...]:
        """The replies that are known to mean something else."""
        return tuple(one for one in self.replies if one.contradicts)


def propose(
    tx: Tx, clinic_id: int, inbound_id: int, phrase: str, meaning: str, now: datetime
) -> str:
    """Propose what a phrase means; its token. NotTaughtError says why it may not be taught."""
    if meaning not in MEANINGS:
        raise NotTaughtError("That is none of the meanings a phrase may have.")
    fault = fault_of(phrase)
    if fault:
        raise NotTaughtError(fault)
    clinic_to_publish(tx, clinic_id)
    known = [
        one
        for one in phrases.all_of(tx, clinic_id)
        if one.row.state in {PROPOSED, LIVE} and words_of(one.words) == words_of(phrase)
    ]
    if known:
        raise NotTaughtError("This phrase was taught or proposed already.")
    token = phrases.propose(tx, clinic_id, inbound_id, phrase, meaning, now)
    audit.write(tx, clinic_id, "phrase proposed", token, now)
    return token


def replay(tx: Tx, clinic_id: int, phrase: Phrase) -> Replay:
    """Read the clinic's past replies as if the phrase had been live."""
    words, taught = phrase.taught
    found, looked_at = past_replies.replies_saying(tx, clinic_id, words)
    replayed = []
    for reply in found:
        kinds = reply.kinds or ("none",)
        unsure = is_unsure(read(reply.body, kinds))
        reading = read_taught(reply.body, kinds, {words: taught}) if unsure else None
        if reading is not None:
            contradicts = _contradicts(reply, reading.intents)
            replayed.append(Replayed(reply, reading.intents, contradicts))
    return Replay(tuple(replayed), looked_at)


def put_live(tx: Tx, clinic_id: int, phrase: Phrase, tried: Replay, now: datetime) -> None:
    """Read by a phrase from now on; `tried` is its replay just before, which takes longer than a write may.

    NotTaughtError: by its own proposer, or against what replies are known to mean.
    """
    if phrase.row.state != PROPOSED:
        raise NotTaughtError("Somebody has decided about this phrase meanwhile.")
    if phrase.row.proposed_by == tx.actor:
        raise NotTaughtError("Whoever proposed a phrase cannot put it live: ask a colleague.")
    if tried.contradicted:
        raise NotTaughtError("Past replies with these words are known to mean something else.")
    phrases.review(tx, phrase.row.token, LIVE, now)
    audit.write(tx, clinic_id, "phrase put live", phrase.row.token, now)


def refuse(tx: Tx, clinic_id: int, phrase: Phrase, now: datetime) -> None:
    """Do without a proposed phrase; its proposer may take it back so."""
    phrases.review(tx, phrase.row.token, REFUSED, now)
    audit.write(tx, clinic_id, "phrase refused", phrase.row.token, now)


def retire(tx: Tx, clinic_id: int, phrase: Phrase, now: datetime) -> None:
    """Read by a phrase no longer; what was read by it stays."""
    if phrases.retire(tx, phrase.row.token, now):
        audit.write(tx, clinic_id, "phrase retired", phrase.row.token, now)


def _contradicts(reply: PastReply, becomes: tuple[Intent, ...]) -> bool:
    """Whether a reply is known to mean something else: to a person, or by how it was read then."""
    would = {(one.name, one.value.partition("@")[0]) for one in becomes}
    if reply.meant is not None:
        return (reply.meant.intent, reply.meant.word) not in would
    known = {_known(one) for one in reply.readings if one.intent != "unknown"}
    return bool(known) and known != would


def _known(one: Read) -> tuple[str, str]:
    return one.intent, one.value.partition("@")[0]
