"""A text on the desk: what it is, where it is said, whom it may go to, and what somebody typed in its place."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from flask import abort

from message_templates.catalogue import LANGUAGES, Text
from schedules.facts import code_of
from service.domain.text_uses import Use, uses_of
from service.entry.web.access import member
from service.entry.web.programme_drafts import tidy
from service.entry.web.site import current_site
from service.entry.web.text_looks import Look, look_at, values_of
from service.flows.plan_due.preview import touched
from service.flows.publish_programme import wording_faults
from service.flows.publish_programme.wordings import InForce, newest_number
from service.store import programme_pages
from service.store.content import Content
from service.store.people import clinic_by_id
from service.store.records import Clinic
from service.store.session import Tx

Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """A text being changed: the clinic, its content, the text, and where it is said."""

    clinic: Clinic
    content: Content
    text: Text
    uses: tuple[Use, ...]

    def newest(self, language: str) -> str:
        """The wording published last, "" where there is none."""
        found = self.content.texts.newest.get(self.text.id, language)
        return found.body if found else ""

    def number(self, language: str) -> int:
        """The number of the wording published last in a language."""
        return newest_number(self.content, self.text.id, language)

    def based_on(self, language: str, typed: Typed) -> int:
        """The number of the wording that the form was filled with."""
        number = typed.get(f"based-{language}", "")
        return int(number) if number.isdecimal() else self.number(language)

    def body(self, language: str, typed: Typed) -> str:
        """The wording as typed; the one published last where nothing was typed, or nothing was changed."""
        if f"body-{language}" not in typed:
            return self.newest(language)
        body = tidy(typed[f"body-{language}"])
        key = (self.text.id, language, self.based_on(language, typed))
        published = self.content.texts.published
        start = [one.body for one in published if (one.text_id, one.language, one.number) == key]
        return self.newest(language) if body in (start or [""]) else body


@dataclass(frozen=True, slots=True)
class Proposal:
    """The wordings that differ, by (text id, language), from when on, and what they were written from."""

    bodies: Mapping[tuple[str, str], str]
    based_on: Mapping[tuple[str, str], int]
    at: InForce

    @property
    def mark(self) -> str:
        """What must have been seen before it can be published."""
        said = repr((sorted(self.bodies.items()), sorted(self.based_on.items()), self.at))
        return sha256(said.encode()).hexdigest()[:32]


def desk_of(tx: Tx, text_id: str) -> Desk:
    """The text as it was published last; a missing one is a missing page."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    clinic = clinic_by_id(tx, member().clinic_id)
    content = runtime.shelf.content(tx, clinic)
    found = content.texts.newest.get(text_id, "en")
    if found is None:
        abort(404)
    in_force = [programme for _, programme in content.programmes(now)]
    return Desk(clinic, content, found, tuple(uses_of(text_id, in_force, content.texts.newest)))


def reach_of(tx: Tx, desk: Desk) -> dict[str, int]:
    """How many patients the text may go to, by the language they read."""
    now = current_site().runtime.clock.now()
    slugs = {use.slug for use in desk.uses}
    in_force = (programme for _, programme in desk.content.programmes(now))
    saying = [programme for programme in in_force if programme.slug in slugs]
    gates = [item for one in saying for item in (*one.head.only_if, *one.head.not_if)]
    people = programme_pages.reached(tx, desk.clinic.id, {code_of(item) for item in gates})
    if saying:
        people = touched(people, saying, now)
    said = Counter(one.patient.language for one in people)
    return {language: said[language] for language in LANGUAGES}


def proposal_of(desk: Desk, typed: Typed) -> Proposal:
    """What is typed, where it differs from what was published last."""
    bodies = {
        (desk.text.id, language): body
        for language in LANGUAGES
        if (body := desk.body(language, typed)) != desk.newest(language)
    }
    based_on = {key: desk.based_on(key[1], typed) for key in bodies}
    return Proposal(bodies, based_on, "next-night" if typed.get("at") == "next-night" else "now")


def looks_of(tx: Tx, desk: Desk, typed: Typed) -> list[Look]:
    """Both languages, as typed or as published last."""
    values = values_of(tx, desk.clinic, desk.content)
    return [
        look_at(
            desk.text.id,
            language,
            body := desk.body(language, typed),
            content=desk.content,
            number=desk.number(language),
            values=values[language],
            faults=_faults(desk, language, body),
        )
        for language in LANGUAGES
    ]


def _faults(desk: Desk, language: str, body: str) -> list[str]:
    if body == desk.newest(language):
        return []
    return wording_faults(desk.content.texts.newest, desk.text.id, language, body)
