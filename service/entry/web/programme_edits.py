"""Changing one step of a programme: the form, its effect on the next ten texts, and the publication."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from message_templates.catalogue import LANGUAGES
from message_templates.render import filled
from message_templates.segments import Length, measure
from schedules.fault import ProgrammeFaults
from schedules.loading import load
from schedules.programme import Step
from service.domain import programme_words
from service.domain.programme_edit import (
    CLOCK,
    DAILY,
    DAYS,
    EVERY,
    KEEP,
    MOMENTS,
    TIMES,
    as_written,
    form_if_any,
)
from service.domain.text_values import Room, room_of
from service.entry.web.access import PROGRAMME_EDITORS, for_roles, own_clinic
from service.entry.web.programme_desks import Desk, desk_of, keep, other_view
from service.entry.web.programme_drafts import (
    Bench,
    Draft,
    as_kept,
    draft_of,
    newest_wording,
    texts_of,
    wording_name,
)
from service.entry.web.programme_outcome import outcome, proposed
from service.entry.web.programme_publishing import publish_seen, published_meanwhile, was_seen
from service.entry.web.text_looks import values_of
from service.flows.publish_programme import StaleEditError
from service.store.session import Tx

pages = Blueprint("programme_edits", __name__)

RHYTHMS = {
    DAILY: "every day",
    TIMES: "times a week",
    DAYS: "on days of the week",
    EVERY: "every few days",
}
CHOICES = {"moments": [*MOMENTS, CLOCK], "rhythms": RHYTHMS, "days": programme_words.SHORT_DAYS}


@dataclass(frozen=True, slots=True)
class WordingField:
    """One text of the step in one language, as shown and typed."""

    text_id: str
    language: str
    body: str
    was: str
    is_new: bool
    length: Length
    room: Room | None

    @property
    def name(self) -> str:
        """The name of its field."""
        return wording_name(self.text_id, self.language)


@pages.get("/programmes/<slug>/steps/<key>")
@for_roles(PROGRAMME_EDITORS)
def step(slug: str, key: str) -> ResponseReturnValue:
    """The form of one step as it was typed last, or as it is published."""
    with own_clinic() as tx:
        desk = desk_of(tx, slug)
        bench = _bench(desk, key)
        if bench is None:
            return _only_as_file(desk, key)
        page = _page(tx, bench, as_kept(bench), previewed=False)
    return render_template("programme_step.html", **page)


@pages.post("/programmes/<slug>/steps/<key>")
@for_roles(PROGRAMME_EDITORS)
def change_step(slug: str, key: str) -> ResponseReturnValue:
    """Keep the change and show what it would do; publish it once that has been seen."""
    with own_clinic() as tx:
        desk = desk_of(tx, slug)
    bench = _bench(desk, key)
    if bench is None:
        return _only_as_file(desk, key)
    draft = draft_of(bench, request.form)
    is_seen = (
        was_seen(proposed(desk, draft.change.begun))
        and draft.change.is_changed
        and not draft.faults
    )
    if is_seen and not desk.is_stale:
        try:
            number = publish_seen(desk.clinic, proposed(desk, draft.change.begun)).number
        except StaleEditError as fault:
            return published_meanwhile(slug, fault.newest)
        return redirect(url_for("programmes.programme", slug=slug, published=number))
    if not is_seen:
        bench = Bench(keep(desk, draft.change.begun), bench.step)
    elsewhere = other_view(slug)
    if elsewhere is not None:
        return elsewhere
    if desk.is_stale:
        return published_meanwhile(slug, desk.version.number)
    with own_clinic() as tx:
        page = _page(tx, bench, draft, previewed=True)
    return render_template("programme_step.html", **page), 400 if draft.faults else 200


@pages.post("/programmes/<slug>/steps/<key>/typing")
@for_roles(PROGRAMME_EDITORS)
def typing(slug: str, key: str) -> ResponseReturnValue:
    """Keep what is being typed; the parts of the page that follow it."""
    with own_clinic() as tx:
        desk = desk_of(tx, slug)
    bench = _bench(desk, key)
    if bench is None:
        abort(409)
    draft = draft_of(bench, request.form)
    if desk.may_keep_by_itself:
        bench = Bench(keep(desk, draft.change.begun), bench.step)
    with own_clinic() as tx:
        page = _page(tx, bench, draft, previewed=False)
    return render_template("programme_step_typed.html", **page)


def _bench(desk: Desk, key: str) -> Bench | None:
    """The step in the file as it is being changed; None where that file has no form of it."""
    steps = {step.key: step for step in (*desk.programme.steps, *_typed_steps(desk))}
    if key not in steps:
        abort(404)
    is_legible = form_if_any(desk.begun.source, key) is not None
    return Bench(desk, steps[key]) if is_legible else None


def _typed_steps(desk: Desk) -> tuple[Step, ...]:
    if desk.begun.saved_at is None:
        return ()
    try:
        return load(desk.begun.source, desk.begun.slug).steps
    except ProgrammeFaults:
        return ()


def _only_as_file(desk: Desk, key: str) -> Response:
    return redirect(url_for("programme_sources.source", slug=desk.version.slug, unreadable=key))


def _page(tx: Tx, bench: Bench, draft: Draft, *, previewed: bool) -> dict[str, Any]:
    """What the page shows: the form, and before and after of the next ten texts."""
    desk, key, source = bench.desk, bench.step.key, draft.change.begun.source
    published = form_if_any(desk.base, key) or draft.form
    return {
        "step": bench.step,
        "draft": draft,
        "previewed": previewed,
        "wordings": _wordings(tx, bench, draft),
        "cadence": as_written(source, key, "cadence"),
        "moment": as_written(source, key, "at"),
        "keeps": {
            "moment": KEEP in (draft.form.moment, published.moment),
            "rhythm": KEEP in (draft.form.rhythm, published.rhythm),
        },
        "choices": CHOICES,
        "languages": LANGUAGES,
        "view": f"step-{key}",
        **outcome(tx, desk, draft.change, counted=previewed and draft.change.is_changed),
    }


def _wordings(tx: Tx, bench: Bench, draft: Draft) -> list[WordingField]:
    desk = bench.desk
    values = values_of(tx, desk.clinic, desk.content)
    catalogue = desk.content.texts.newest.with_bodies(draft.change.begun.wordings)
    found = []
    for text_id, language in texts_of(bench.step):
        text = catalogue.get(text_id, language)
        body, longest = text.body if text else "", values[language][1]
        found.append(
            WordingField(
                text_id=text_id,
                language=language,
                body=body,
                was=newest_wording(bench, text_id, language),
                is_new=(text_id, language) in draft.change.begun.wordings,
                length=measure(filled(body, longest)),
                room=room_of(body, language, longest),
            )
        )
    return found
