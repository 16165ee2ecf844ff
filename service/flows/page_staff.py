"""RED alerts nobody has taken -> pages due by the ladder -> sent, with no session open -> what became of them.

At least once: a page twice is harmless, a page lost is not. So one is claimed before its request and made again where
no outcome was recorded in time. A page by text is one outbox row for each step; the outbox sends that at most once, and
the next step brings the next.
"""

import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from message_templates.segments import measure
from service.domain import paging
from service.domain.delivery import RULES, Kind
from service.domain.paging import OPERATOR, Channel, Contact, Hook, Notice
from service.gateways.pager import PageError
from service.runtime import Runtime
from service.store import audit, on_call, outbox, people, staff_pages
from service.store.on_call import Reachable
from service.store.records import Clinic, NewText
from service.store.session import SYSTEM, ClinicScope, Tx
from service.store.staff_pages import DuePage, NewPage, Nobodys

ACTOR = "pager"
# So many pages at once: one that takes its full 10 s must not hold up the others.
AT_ONCE = 16
TESTS_AN_HOUR, AN_HOUR = 10, timedelta(hours=1)
TESTED = "test page sent"

log = structlog.get_logger()


class NotTestedError(Exception):
    """Why no test page was sent, as a sentence."""


def page_staff(runtime: Runtime) -> int:
    """Page whoever is to be paged now; how many pages were tried over the network."""
    _plan(runtime)
    count = 0
    while pages := _claim(runtime):
        with ThreadPoolExecutor(len(pages)) as side_by_side:
            faults = list(side_by_side.map(lambda page: _deliver(runtime, page), pages))
        _record(runtime, pages, faults)
        count += len(pages)
    return count


def is_needed(runtime: Runtime) -> bool:
    """Whether there may be anybody to page."""
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        return bool(staff_pages.nobodys(tx)) or staff_pages.is_any_due(tx, runtime.clock.wall())


def send_test(runtime: Runtime, tx: Tx, clinic: Clinic, one: Reachable, now: datetime) -> None:
    """Page a contact once without an alert. NotTestedError after ten within the hour."""
    if audit.count_own(tx, clinic.id, TESTED, now - AN_HOUR) >= TESTS_AN_HOUR:
        raise NotTestedError(f"{TESTS_AN_HOUR} test pages were sent within an hour. Wait a while.")
    token = one.contact.token
    audit.write(tx, clinic.id, TESTED, token, now)
    slot = f"test:{token}:{secrets.token_hex(8)}"
    notice = Notice(clinic.alias, "", None, _link(runtime, ""))
    page = NewPage(clinic.id, slot, None, one.id, 0, handed=one.contact.channel is Channel.TEXT)
    _add(runtime, tx, clinic, [(page, one, notice)], now)


def _plan(runtime: Runtime) -> None:
    """Write the pages that are due, alert by alert: one that cannot be read must hold up no other."""
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        waiting = staff_pages.nobodys(tx)
    for alert in waiting:
        try:
            _plan_for(runtime, alert)
        except Exception:
            log.exception("no page could be planned", alert=alert.token)


def _plan_for(runtime: Runtime, alert: Nobodys) -> None:
    """Write the pages that are due for one alert; read first, since mostly there is none."""
    now = runtime.clock.now()
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        due = _due(runtime, tx, alert, now)
        clinic = people.clinic_by_id(tx, alert.clinic_id)
    if not due:
        return
    notice = _notice(runtime, clinic, alert.token, alert.opened_at)
    pages = [(_page(alert, contact, one, step), one, notice) for contact, one, step in due]
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        _add(runtime, tx, clinic, pages, now)
    log.warning("staff paged", alert=alert.token, pages=len(pages))


def _due(
    runtime: Runtime, tx: Tx, alert: Nobodys, now: datetime
) -> list[tuple[Contact, Reachable | None, int]]:
    """Who is to be paged now for an alert, as which step; the operator is no row of the clinic's."""
    known = {one.contact: one for one in on_call.contacts(tx, alert.clinic_id)}
    contacts = [*known, *([OPERATOR] if runtime.choices.operator else [])]
    done = staff_pages.paged(tx, alert.id, OPERATOR.token)
    due = paging.due(now - alert.opened_at, contacts, done)
    return [(contact, known.get(contact), step) for contact, step in due]


def _page(alert: Nobodys, contact: Contact, one: Reachable | None, step: int) -> NewPage:
    slot = staff_pages.slot_of(alert.token, contact.token, step)
    handed = contact.channel is Channel.TEXT
    return NewPage(alert.clinic_id, slot, alert.id, one.id if one else None, step, handed=handed)


def _add(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    pages: Sequence[tuple[NewPage, Reachable | None, Notice]],
    now: datetime,
) -> None:
    """Write pages; those by text are in the outbox with the same commit."""
    written = []
    for page, one, notice in pages:
        fault = _unfit(tx, clinic, one) if one and page.handed else ""
        written.append(replace(page, fault=fault))
        if one and page.handed and not fault:
            _text(runtime, tx, clinic, page.slot, one.address, paging.text_of(notice, now), now)
    staff_pages.add(tx, written, now, runtime.clock.wall())


def _unfit(tx: Tx, clinic: Clinic, one: Reachable) -> str:
    """Why no text goes to a number."""
    if one.stopped_at is not None:
        return "STOP came from this number, so no text goes to it."
    index = people.phone_index(tx.keyring, one.address)
    is_patients = people.patients_by_number(tx, clinic.id, index)
    return "A patient has this number too, so no page goes to it." if is_patients else ""


def _text(
    runtime: Runtime, tx: Tx, clinic: Clinic, slot: str, number: str, body: str, now: datetime
) -> None:
    rules = RULES[Kind.PAGE]
    text = NewText(
        clinic_id=clinic.id,
        patient_id=None,
        slot=slot,
        kind=Kind.PAGE,
        language="en",
        due_at=now,
        not_after=now + rules.useful_for,
        body=body,
        segments=measure(body).segments,
        recipient=number,
        sender=clinic.sender,
    )
    runtime.dispatcher.submit(tx, outbox.add_texts(tx, [text], now), now, rules.lane)


def _claim(runtime: Runtime) -> list[DuePage]:
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        if not staff_pages.is_any_due(tx, runtime.clock.wall()):
            return []
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        return staff_pages.claim(tx, AT_ONCE, runtime.clock.wall())


def _deliver(runtime: Runtime, page: DuePage) -> str:
    """Make one page; why it did not get through, or nothing. Whatever is wrong with one holds up no other."""
    try:
        _send(runtime, page)
    except PageError as fault:
        return str(fault)
    except Exception:
        log.exception("page failed", page=page.id)
        return "It could not be made; the log of the service says why."
    return ""


def _send(runtime: Runtime, page: DuePage) -> None:
    """Make one page, with no session open while it is under way."""
    now, wall = runtime.clock.now(), runtime.clock.wall()
    with runtime.store.transaction(ClinicScope(page.clinic_id), ACTOR, write=False) as tx:
        clinic = people.clinic_by_id(tx, page.clinic_id)
        one = on_call.contact_named(tx, page.on_call_token) if page.on_call_token else None
    notice = _notice(runtime, clinic, page.alert_token or "", page.opened_at)
    hook: Hook | None = one.hook if one else runtime.choices.operator
    if one and one.contact.channel is Channel.EMAIL:
        runtime.pager.mail(one.address, *paging.mail_of(notice, now))
    elif hook:
        runtime.pager.post(hook, paging.json_of(notice, now), wall)


def _record(runtime: Runtime, pages: Sequence[DuePage], faults: Sequence[str]) -> None:
    now, wall = runtime.clock.now(), runtime.clock.wall()
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        for page, fault in zip(pages, faults, strict=True):
            staff_pages.record(tx, page, fault, now, wall)
    for page, fault in zip(pages, faults, strict=True):
        if fault:
            log.error("page not through", page=page.id, attempts=page.attempts, why=fault)


def _notice(runtime: Runtime, clinic: Clinic, alert: str, opened_at: datetime | None) -> Notice:
    return Notice(clinic.alias, alert, opened_at, _link(runtime, alert))


def _link(runtime: Runtime, alert: str) -> str:
    """Where the alert is looked at after signing in; its name says nothing of a patient."""
    url = runtime.choices.public_url
    return f"{url}/alerts/{alert}" if alert else url
