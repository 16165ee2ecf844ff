"""What is left unsaid: a fourth answer within the hour, and a warning twice in one chain of questions."""

from datetime import datetime, timedelta

from service.domain.delivery import ANSWERS_AN_HOUR, CONFIRMED_AN_HOUR, OWED
from service.domain.talk import Outcome
from service.store import delivery_history, outbox
from service.store.records import Patient
from service.store.session import Tx

ONCE_A_CHAIN = "AUG-04"
# As long as the monthly screens stay open.
CHAIN_LASTS = timedelta(hours=48)


def leave_unsaid(tx: Tx, patient: Patient, outcome: Outcome, now: datetime) -> None:
    """Take out of an outcome what is one answer too many; a reply that so gets none is left to a person.

    What is owed is said: a cry for help, a STOP, HELP, who joins or comes back.
    """
    if any(one.template == ONCE_A_CHAIN for one in outcome.said):
        lately = now - CHAIN_LASTS
        if delivery_history.said_since(tx, patient.id, ONCE_A_CHAIN, lately):
            outcome.said = [one for one in outcome.said if one.template != ONCE_A_CHAIN]
    most = CONFIRMED_AN_HOUR if outcome.obeys else ANSWERS_AN_HOUR
    if outcome.said and outbox.answers_in_hour_before(tx, patient.id, now) >= most:
        owed = [one for one in outcome.said if outcome.consent or one.kind in OWED]
        asking = [one for one in outcome.said if one.asks is not None and one not in owed]
        outcome.said = owed + asking
        if not outcome.answers:
            outcome.review = True
