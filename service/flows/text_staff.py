"""A member of staff's own number -> a code that proves it -> wordings tried out on it, and on no other."""

import secrets
from datetime import datetime, timedelta

from message_templates.reading_ease import ORDINARY
from message_templates.render import render
from message_templates.segments import measure
from service.domain.composing import own_values
from service.domain.delivery import RULES, Kind
from service.runtime import Runtime
from service.store import audit, outbox, people, staff_phones
from service.store.records import Clinic, NewText
from service.store.session import Tx
from service.store.staff_phones import StaffPhone, slot_of

AN_HOUR = timedelta(hours=1)
CODES_AN_HOUR, TESTS_AN_HOUR = 3, 10
CODE_ASKED, TEST_SENT = "phone code asked", "test text sent"
MARK = "TEST: "


class NotSentError(Exception):
    """Why nothing was sent, as a sentence."""


def ask_code(
    runtime: Runtime, tx: Tx, clinic: Clinic, phone: StaffPhone, number: str, now: datetime
) -> None:
    """Keep `number` (E.164) as not proved yet, and text it a code; NotSentError after three within the hour.

    A patient's number gets none, and nobody learns by this whose number it is.
    """
    if audit.count_own(tx, clinic.id, CODE_ASKED, now - AN_HOUR) >= CODES_AN_HOUR:
        raise NotSentError(f"{CODES_AN_HOUR} codes were asked for within an hour. Wait a while.")
    audit.write(tx, clinic.id, CODE_ASKED, phone.user_token, now)
    code = f"{secrets.randbelow(10**6):06}"
    staff_phones.enter(tx, phone, number, code, runtime.clock.wall())
    if not _is_patients(tx, clinic, number):
        body = f"{clinic.alias}: your code is {code}. It is good for 10 minutes."
        _send(runtime, tx, clinic, phone, number, f"code-{secrets.token_hex(8)}", body, now)


def send_test(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    phone: StaffPhone,
    text: tuple[str, str],
    body: str,
    *,
    once: str,
    now: datetime,
) -> None:
    """Text a wording of `text` (id, language), with usual values, to its editor's own number.

    The same `once` sends nothing twice. NotSentError: the number is not proved, a patient has it, or ten were
    sent within the hour.
    """
    if phone.number is None or not phone.is_verified:
        raise NotSentError("Enter your own mobile number under My account first, and prove it.")
    if _is_patients(tx, clinic, phone.number):
        raise NotSentError("A patient has this number too, so no test text goes to it.")
    if audit.count_own(tx, clinic.id, TEST_SENT, now - AN_HOUR) >= TESTS_AN_HOUR:
        raise NotSentError(f"{TESTS_AN_HOUR} test texts were sent within an hour. Wait a while.")
    language = text[1]
    said = _marked(render(body, {**ORDINARY[language], **own_values(clinic)}))
    if _send(runtime, tx, clinic, phone, phone.number, once, said, now, text):
        audit.write(tx, clinic.id, TEST_SENT, phone.user_token, now, text=" ".join(text))


def _marked(body: str) -> str:
    """With TEST in front, unless that would make another segment of it."""
    marked = MARK + body
    return marked if measure(marked).segments == measure(body).segments else body


def _is_patients(tx: Tx, clinic: Clinic, number: str) -> bool:
    index = people.phone_index(tx.keyring, number)
    return bool(people.patients_by_number(tx, clinic.id, index))


def _send(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    phone: StaffPhone,
    number: str,
    once: str,
    body: str,
    now: datetime,
    text: tuple[str | None, str] = (None, "en"),
) -> bool:
    """Write the text to the outbox; whether it was not there yet."""
    new = NewText(
        clinic_id=clinic.id,
        patient_id=None,
        slot=slot_of(phone, once),
        kind=Kind.TEST,
        language=text[1],
        template=text[0],
        due_at=now,
        not_after=now + RULES[Kind.TEST].useful_for,
        body=body,
        segments=measure(body).segments,
        recipient=number,
        sender=clinic.sender,
    )
    written = outbox.add_texts(tx, [new], now)
    runtime.dispatcher.submit(tx, written, now, RULES[Kind.TEST].lane)
    return bool(written)
