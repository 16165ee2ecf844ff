"""Who is called for a RED alert, in words: each contact with what became of its last page, and what is amiss."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.domain.counting import counted
from service.domain.delivery import NOT_REACHED, State
from service.domain.paging import LADDER, Channel, Line
from service.domain.phone_numbers import spell_number
from service.entry.web import words
from service.store import on_call, staff_pages
from service.store.on_call import Reachable
from service.store.session import Tx
from service.store.staff_pages import LastPage

# So long a page that was just asked for is looked at again and again.
FRESH = timedelta(minutes=1)
KINDS = {Channel.TEXT: "Text", Channel.EMAIL: "E-mail", Channel.WEBHOOK: "Webhook"}
LINES = {Line.FIRST: "First", Line.SECOND: "Second", Line.OPERATOR: "Operator"}
_UNDER_WAY = {State.PLANNED, State.SUBMITTING, State.ACCEPTED, State.SENT}
_AMISS = NOT_REACHED | {State.UNKNOWN, State.EXPIRED, State.SUPPRESSED}


@dataclass(frozen=True, slots=True)
class Shown:
    """One contact, said. `tag`: the colour of its last outcome, empty where there is nothing to worry about."""

    token: str
    kind: str
    address: str
    line: Line
    tag: str
    word: str
    outcome: str
    is_pending: bool


def contacts_shown(tx: Tx, clinic_id: int, now: datetime, zone: str) -> list[Shown]:
    """A clinic's contacts, first line first."""
    last = staff_pages.last_pages(tx, clinic_id)
    found = [_shown(one, last.get(one.id), now, zone) for one in on_call.contacts(tx, clinic_id)]
    return sorted(found, key=lambda one: list(Line).index(one.line))


def _shown(one: Reachable, last: LastPage | None, now: datetime, zone: str) -> Shown:
    channel = one.contact.channel
    tag, word, said = _outcome(last)
    if one.stopped_at is not None:
        tag, word, said = "red", "Stopped", "STOP came from this number, so no text goes to it."
    elif last is not None:
        what = "Test page" if last.is_test else "Page"
        said = f"{what}, {words.moment(last.due_at, now, zone)}: {said}"
    return Shown(
        token=one.contact.token,
        kind=KINDS[channel],
        address=spell_number(one.address) if channel is Channel.TEXT else one.address,
        line=one.contact.line,
        tag=tag,
        word=word,
        outcome=said,
        is_pending=last is not None and _is_under_way(last) and now - last.due_at < FRESH,
    )


def _outcome(last: LastPage | None) -> tuple[str, str, str]:
    """Colour, word and sentence of what became of a contact's last page."""
    if last is None:
        return "amber", "Not tried", "Never paged yet, not even as a test."
    if last.text_state is not None:
        fate = words.fate(last.text_state, last.text_reason, last.text_code)
        if last.text_state == State.DELIVERED:
            return "ok", "Delivered", f"{fate}."
        if last.text_state in _AMISS:
            return "red", "Not through", fate
        is_under_way = last.text_state in _UNDER_WAY
        return "", "On its way" if is_under_way else "Taken back", fate
    if last.state == "handed":
        return "ok", "Taken", "taken."
    if last.state == "failed":
        return "red", "Not through", last.outcome
    if last.outcome:
        return "red", "Not through yet", f"{last.outcome} It is tried again."
    return "", "On its way", "on its way."


def _is_under_way(last: LastPage) -> bool:
    if last.text_state is not None:
        return last.text_state in _UNDER_WAY
    return last.state == "due"


def amiss(tx: Tx, clinic_id: int, *, has_operator: bool) -> list[tuple[str, str]]:
    """What is amiss with a clinic's paging: a colour and a sentence each, the gravest first; without an address."""
    contacts = on_call.contacts(tx, clinic_id)
    last = staff_pages.last_pages(tx, clinic_id)
    if not contacts:
        behind = " but the operator of the service" if has_operator else ""
        return [("red", f"Nobody is called for a RED alert{behind}: no contact is entered.")]
    found = []
    failing = [one for one in contacts if one.stopped_at or _has_failed(last.get(one.id))]
    if failing:
        some = f"{len(failing)} of {counted(len(contacts), 'contact')}"
        found.append(("red", f"The last page to {some} did not get through."))
    if (none := last.get(None)) is not None and _has_failed(none):
        found.append(("red", "The last page to the operator of the service did not get through."))
    found += [("amber", sentence) for sentence in _doubts(contacts, [*last])]
    return found


def _has_failed(last: LastPage | None) -> bool:
    return last is not None and (bool(last.outcome) or last.text_state in _AMISS)


def _doubts(contacts: Sequence[Reachable], paged: Sequence[int | None]) -> list[str]:
    found = []
    if all(one.contact.channel is Channel.TEXT for one in contacts):
        found.append("Pages go by text only: when texting fails, nobody is called.")
    if untried := [one for one in contacts if one.id not in paged]:
        were = "was" if len(untried) == 1 else "were"
        found.append(f"{counted(len(untried), 'contact')} {were} never paged, not even as a test.")
    return found


def ladder_words() -> list[tuple[str, str]]:
    """Who is called when, from the alert on; the regular repeats are one line."""
    regular = LADDER[4:-1]
    every = regular[1].after - regular[0].after
    lines = [(_after(rung.after), _who(rung.lines)) for rung in LADDER[:4]]
    lines.append((f"then every {words.span(every)}", _who(regular[0].lines)))
    lines.append((_after(LADDER[-1].after), f"{_who(LADDER[-1].lines)}, and nobody after that"))
    return lines


def second_after() -> timedelta:
    """When the second line is called too."""
    return next(rung.after for rung in LADDER if Line.SECOND in rung.lines)


def _after(after: timedelta) -> str:
    return f"after {words.span(after)}" if after else "at once"


def _who(lines: frozenset[Line]) -> str:
    named = {Line.FIRST: "first line", Line.SECOND: "second line", Line.OPERATOR: "operator"}
    return ", ".join(said for line, said in named.items() if line in lines)
