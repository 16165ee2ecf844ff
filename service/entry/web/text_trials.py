"""A wording sent to its editor's own phone, before anybody else gets it."""

from dataclasses import dataclass
from typing import Any

from flask import request

from message_templates.catalogue import LANGUAGES
from service.domain.phone_numbers import spell_number
from service.entry.web.access import member, own_clinic
from service.entry.web.site import current_site
from service.entry.web.text_desk import Desk
from service.entry.web.text_looks import Look
from service.flows.text_staff import NotSentError, send_test
from service.store import staff_phones
from service.store.people import clinic_by_id
from service.store.sealed import new_token
from service.store.session import Tx

_ACT = "send-"
LONGEST_ONCE = 40


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a wish for a test text, as a sentence."""

    said: str
    is_sent: bool


def is_wished() -> bool:
    """Whether the form asks for a test text."""
    return request.form.get("act", "").removeprefix(_ACT) in LANGUAGES


def tried(desk: Desk, looks: list[Look]) -> Trial:
    """Send the typed wording of the language asked for; nothing, with the reason, where that cannot be."""
    runtime = current_site().runtime
    language = request.form["act"].removeprefix(_ACT)
    look = next(one for one in looks if one.language == language)
    if not look.body or look.faults:
        return Trial("Nothing was sent: put the wording right first.", is_sent=False)
    once = request.form.get("once", "")[:LONGEST_ONCE] or new_token()
    try:
        with own_clinic(write=True) as tx:
            send_test(
                runtime,
                tx,
                clinic_by_id(tx, member().clinic_id),
                staff_phones.staff_phone(tx, member().id, lock=True),
                (desk.text.id, language),
                look.body,
                once=f"{once}-{language}",
                now=runtime.clock.now(),
            )
    except NotSentError as why:
        return Trial(f"Nothing was sent. {why}", is_sent=False)
    return Trial(f"The {look.label} wording is on its way to your phone.", is_sent=True)


def own_number(tx: Tx) -> dict[str, Any]:
    """What the page says of the editor's own phone, and the name of the next test text."""
    phone = staff_phones.staff_phone(tx, member().id)
    spelled = spell_number(phone.number) if phone.number and phone.is_verified else ""
    return {
        "own_number": spelled,
        "once": new_token(),
        "is_demo": current_site().travel is not None,
    }
