"""What a change does, as both of its views show it: to the next texts of two patients, and to everybody."""

from collections.abc import Sequence
from typing import Any, cast

from flask import request

from service.domain import programme_words
from service.domain.counting import counted
from service.entry.web import words
from service.entry.web.programme_desks import Change, Desk, only_gates
from service.entry.web.programme_eyes import Seen, eyes_for, seen_by
from service.entry.web.programme_publishing import TAKES_EFFECT, Proposed, drafted, effect
from service.entry.web.site import current_site
from service.flows.plan_due.preview import touched
from service.flows.publish_programme import TakesEffect
from service.store import programme_pages
from service.store.drafts import Begun
from service.store.session import Tx


def proposed(desk: Desk, begun: Begun) -> Proposed:
    """A change as it would be published."""
    at = cast("TakesEffect", begun.takes_effect)
    return Proposed(begun.slug, desk.version.number, begun.source, at, begun.wordings)


def outcome(tx: Tx, desk: Desk, change: Change, *, counted: bool) -> dict[str, Any]:
    """For the page: the change, the next texts with it, and what publishing does where that is to be `counted`."""
    now = current_site().runtime.clock.now()
    clinic = desk.clinic
    either = [desk.programme, change.programme or desk.programme]
    everybody = touched(programme_pages.reached(tx, clinic.id), either, now)
    eyes = eyes_for(tx, everybody)
    chosen = request.form.get("as") or request.args.get("as") or eyes[0][0]
    plan = proposed(desk, change.begun)
    after, told = None, {}
    if change.programme is not None:
        after = drafted(desk.content, plan, change.programme, clinic)
        if counted:
            told = effect(tx, clinic, desk.content, after, plan, either)
    is_shown = after if change.is_changed else None
    programme = change.programme or desk.programme
    gates = only_gates(desk, change.begun) if change.faults else []
    seen = seen_by(tx, clinic, now, programme, (desk.content, is_shown), eyes, chosen)
    return {
        "desk": desk,
        "programme": desk.programme,
        "version": desk.version,
        "begun": desk.begun,
        "change": change,
        "steps": [step.key for step in programme.steps],
        "seen": seen,
        "gates": gates,
        "status": _status(desk, change, seen, is_weaker=bool(gates)),
        "eyes": eyes,
        "chosen": chosen,
        "reach": len(everybody),
        "takes_effect": TAKES_EFFECT,
        "now": now,
        "zone": clinic.zone,
        "say": programme_words,
        **told,
    }


def _status(desk: Desk, change: Change, seen: Sequence[Seen], *, is_weaker: bool) -> str:
    """What became of what was typed, in a line; read aloud while somebody types."""
    now = current_site().runtime.clock.now()
    parts = []
    if desk.is_stale:
        parts.append(f"Somebody published version {desk.version.number} meanwhile.")
    if desk.begun.saved_at is not None:
        kept = words.moment(desk.begun.saved_at, now, desk.clinic.zone)
        parts.append(f"Kept {kept}, not published.")
    elif request.method == "POST":
        parts.append(f"Nothing differs from version {desk.version.number}.")
    if is_weaker:
        parts.append("It weakens a safety gate, so the texts are shown as they are now.")
    elif change.faults:
        wrong = counted(len(change.faults), "entry is", "entries are")
        parts.append(f"{wrong} not understood, so the texts are shown as they are now.")
    elif change.is_changed:
        parts.append(f"Texts that differ: {', '.join(map(_differing, seen))}.")
    return " ".join(parts)


def _differing(one: Seen) -> str:
    """`3 of 10 for NSC-1182`; where none is left, that all go."""
    if one.texts:
        return f"{one.differing} of {len(one.texts)} for {one.ref}"
    return f"all {one.before} go for {one.ref}" if one.before else f"none for {one.ref}"
