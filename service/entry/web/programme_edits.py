"""Changing one step of a programme: the form, its effect on the next ten texts, and the publication."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from message_templates.catalogue import Text
from message_templates.segments import Length, measure
from service.domain import programme_words
from service.domain.programme_edit import CLOCK, DAILY, DAYS, EVERY, MOMENTS, TIMES, as_written
from service.entry.web.access import PROGRAMME_EDITORS, for_roles, member, own_clinic
from service.entry.web.programme_drafts import (
    LANGUAGES,
    Bench,
    Draft,
    draft_of,
    newest_wording,
    texts_of,
    untouched,
    wording_name,
)
from service.entry.web.programme_publishing import (
    TAKES_EFFECT,
    Proposed,
    drafted,
    edits_an_older,
    effect,
    publish_seen,
    published_meanwhile,
    was_seen,
)
from service.entry.web.programme_rows import NextText, case_of, compared, next_texts
from service.entry.web.programmes import eyes_for
from service.entry.web.site import current_site
from service.flows.plan_due.preview import touched
from service.flows.publish_programme import StaleEditError, check, newest_of
from service.store import programme_pages
from service.store.people import clinic_by_id
from service.store.records import Clinic, PlanningCase
from service.store.session import Tx

pages = Blueprint("programme_edits", __name__)

RHYTHMS = {
    DAILY: "every day",
    TIMES: "some times a week",
    DAYS: "on days of the week",
    EVERY: "every few days",
}
CHOICES = {"moments": [*MOMENTS, CLOCK], "rhythms": RHYTHMS, "days": programme_words.SHORT_DAYS}
# As long as such values get in practice: a wording is measured with them.
LONG_VALUES = {"first": "Christopher", "cutoff": "12:30 PM"}


@dataclass(frozen=True, slots=True)
class WordingField:
    """One text of the step in one language, as shown and typed."""

    text_id: str
    language: str
    body: str
    was: str
    is_new: bool
    length: Length
    faults: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of its field."""
        return wording_name(self.text_id, self.language)


@pages.get("/programmes/<slug>/steps/<key>")
@for_roles(PROGRAMME_EDITORS)
def step(slug: str, key: str) -> ResponseReturnValue:
    """The form of one step as it is."""
    with own_clinic() as tx:
        bench = _bench(tx, slug, key)
        page = _page(tx, bench, untouched(bench), previewed=False)
    return render_template("programme_step.html", **page)


@pages.post("/programmes/<slug>/steps/<key>")
@for_roles(PROGRAMME_EDITORS)
def change_step(slug: str, key: str) -> ResponseReturnValue:
    """Show what the change would do; publish it once that has been seen."""
    again = url_for("programme_edits.step", slug=slug, key=key)
    with own_clinic() as tx:
        bench = _bench(tx, slug, key)
        stale = edits_an_older(bench.version)
        draft = draft_of(bench, request.form)
        confirmed = _confirmed(bench, draft)
        page = {} if confirmed else _page(tx, bench, draft, previewed=True)
    if stale:
        return published_meanwhile(slug, bench.version.number, again)
    if not confirmed:
        return render_template("programme_step.html", **page), 400 if draft.faults else 200
    try:
        number = publish_seen(bench.clinic, _proposed(bench, draft)).number
    except StaleEditError as fault:
        return published_meanwhile(slug, fault.newest, again)
    return redirect(url_for("programmes.programme", slug=slug, published=number))


def _confirmed(bench: Bench, draft: Draft) -> bool:
    return was_seen(_proposed(bench, draft)) and draft.is_changed and not draft.faults


def _proposed(bench: Bench, draft: Draft) -> Proposed:
    version = bench.version
    return Proposed(version.slug, version.number, draft.source, draft.at, draft.wordings)


def _bench(tx: Tx, slug: str, key: str) -> Bench:
    clinic = clinic_by_id(tx, member().clinic_id)
    content = current_site().runtime.shelf.content(tx, clinic)
    newest = newest_of(content, slug)
    found = [one for one in newest[1].steps if one.key == key] if newest else []
    if newest is None or not found:
        abort(404)
    return Bench(clinic, content, *newest, found[0])


def _page(tx: Tx, bench: Bench, draft: Draft, *, previewed: bool) -> dict[str, Any]:
    """What the page shows: the form, and before and after of the next ten texts."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    slug = bench.version.slug
    everybody = touched(programme_pages.reached(tx, bench.clinic.id), [bench.programme], now)
    eyes = eyes_for(tx, everybody)
    chosen = request.form.get("as") or request.args.get("as") or eyes[0][0]
    case = case_of(tx, bench.clinic, bench.programme, chosen, now)
    if case is None:
        abort(404)
    before = next_texts(case, bench.content, slug, now)
    is_sound = previewed and draft.is_changed and not draft.faults
    return {
        "programme": bench.programme,
        "version": bench.version,
        "step": bench.step,
        "draft": draft,
        "previewed": previewed,
        "wordings": _wordings(bench, draft),
        "cadence": as_written(bench.version.source, bench.step.key, "cadence"),
        "moment": as_written(bench.version.source, bench.step.key, "at"),
        "before": before,
        **(_done(tx, bench, draft, case, before) if is_sound else {"after": []}),
        "eyes": eyes,
        "chosen": chosen,
        "reach": len(everybody),
        "choices": CHOICES,
        "takes_effect": TAKES_EFFECT,
        "languages": LANGUAGES,
        "say": programme_words,
        "now": now,
        "zone": bench.clinic.zone,
        "there": case.patient.zone,
    }


def _done(
    tx: Tx, bench: Bench, draft: Draft, case: PlanningCase, before: Sequence[NextText]
) -> dict[str, Any]:
    """What the draft does: to the next texts of the one looked at, and to everybody."""
    proposed = _proposed(bench, draft)
    programme = check(bench.content, draft.source, proposed.slug, draft.wordings)
    content = drafted(bench.content, proposed, programme, bench.clinic)
    now = current_site().runtime.clock.now()
    after = compared(before, next_texts(case, content, proposed.slug, now))
    both = [bench.programme, programme]
    return {
        "after": after,
        **effect(tx, bench.clinic, bench.content, content, proposed, both),
    }


def _wordings(bench: Bench, draft: Draft) -> list[WordingField]:
    catalogue = bench.content.texts.newest.with_bodies(draft.wordings)
    found = []
    for text_id, language in texts_of(bench.step):
        text = catalogue.get(text_id, language)
        fault = draft.faults.get(wording_name(text_id, language))
        found.append(
            WordingField(
                text_id=text_id,
                language=language,
                body=text.body if text else "",
                was=newest_wording(bench, text_id, language),
                is_new=(text_id, language) in draft.wordings,
                length=_length(bench.clinic, text),
                faults=(fault,) if fault else (),
            )
        )
    return found


def _length(clinic: Clinic, text: Text | None) -> Length:
    """A text's length with long values in its placeholders; with the names as they stand where it is faulty."""
    if text is None:
        return measure("")
    body = text.body
    values = {
        "clinic": clinic.alias,
        "phone": clinic.phone,
        "emerg": clinic.emergency,
    } | LONG_VALUES
    for name, value in values.items():
        body = body.replace(f"{{{name}}}", value)
    return measure(body)
