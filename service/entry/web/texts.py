"""The list of texts: what each says, in which languages, whose wording it is, and how long it gets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from message_templates.catalogue import LANGUAGES, Catalogue, Text
from message_templates.render import filled
from message_templates.segments import Length, measure
from schedules.programme import Programme
from service.domain.text_uses import ANSWERS, uses_of
from service.entry.web.access import PROGRAMME_READERS, for_roles, member, own_clinic
from service.entry.web.site import current_site
from service.entry.web.text_looks import Values, values_of
from service.store.content import Content
from service.store.people import clinic_by_id

pages = Blueprint("texts", __name__)

ANSWERED, UNSAID = "Answers and invitations", "Said by no programme in force"
LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True)
class Line:
    """One text of the list. `own`: the languages whose wording is the clinic's; `longest`: of all its languages."""

    text: Text
    about: str
    languages: tuple[str, ...]
    own: tuple[str, ...]
    review: bool
    longest: Length


@pages.get("/texts")
@for_roles(PROGRAMME_READERS)
def texts() -> ResponseReturnValue:
    """Every text by the programme that says it, or those that a search finds."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    wanted = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        content = runtime.shelf.content(tx, clinic)
        values = values_of(tx, clinic, content)
    programmes = [programme for _, programme in content.programmes(now)]
    groups = [
        (title, [_line(text_id, content, values) for text_id in ids if _fits(text_id, wanted, content)])
        for title, ids in _grouped(programmes, content.texts.newest)
    ]  # fmt: skip
    shown = [(title, lines) for title, lines in groups if lines]
    return render_template(
        "texts.html",
        groups=shown,
        found=len({line.text.id for _, lines in shown for line in lines}),
        reviews=len({line.text.id for _, lines in shown for line in lines if line.review}),
        wanted=wanted,
        languages=LANGUAGES,
    )


def _grouped(programmes: Sequence[Programme], catalogue: Catalogue) -> list[tuple[str, list[str]]]:
    """Ids by programme title; what answers patients, and what nothing says, at the end."""
    ids = sorted(text_id for text_id, language in catalogue.texts if language == "en")
    groups: dict[str, list[str]] = {programme.title: [] for programme in programmes}
    groups |= {ANSWERED: [], UNSAID: []}
    for text_id in ids:
        titles = list(dict.fromkeys(use.title for use in uses_of(text_id, programmes, catalogue)))
        for title in titles or [ANSWERED if text_id in ANSWERS else UNSAID]:
            groups[title].append(text_id)
    return list(groups.items())


def _fits(text_id: str, wanted: str, content: Content) -> bool:
    sought = wanted.casefold()
    bodies = (content.texts.newest.get(text_id, language) for language in LANGUAGES)
    said = (text_id, *(text.body for text in bodies if text))
    return any(sought in one.casefold() for one in said)


def _line(text_id: str, content: Content, values: dict[str, Values]) -> Line:
    newest, shipped = content.texts.newest, content.texts.shipped
    found = {language: newest.get(text_id, language) for language in LANGUAGES}
    there = {language: text for language, text in found.items() if text is not None}
    return Line(
        text=there["en"],
        about=ANSWERS.get(text_id, ""),
        languages=tuple(there),
        own=tuple(language for language, text in there.items() if is_own(text, shipped)),
        review=any(text.review_pending for text in there.values()),
        longest=_longest(filled(text.body, values[language][1]) for language, text in there.items()),
    )  # fmt: skip


def is_own(text: Text, shipped: Catalogue) -> bool:
    """Whether a clinic's wording differs from the one shipped."""
    original = shipped.get(text.id, text.language)
    return original is None or original.body != text.body


def _longest(bodies: Iterable[str]) -> Length:
    return max((measure(body) for body in bodies), key=lambda one: (one.segments, one.units))
