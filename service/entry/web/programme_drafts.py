"""What somebody typed into the form of a step -> a draft of the programme, and what is wrong with it by field."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from schedules.facts import WEEKDAYS
from schedules.fault import ProgrammeFaults
from schedules.programme import Programme, Step
from service.domain.programme_edit import DAILY, DAYS, KEEP, FieldError, StepForm, edited, form_of
from service.entry.web.programme_publishing import takes_effect
from service.entry.web.source_lines import changes
from service.flows.publish_programme import TakesEffect, check, wording_faults
from service.store.content import Content, Version
from service.store.records import Clinic

LANGUAGES = {"en": "English", "es": "Spanish"}
LONGEST_BODY = 600


@dataclass(frozen=True, slots=True)
class Draft:
    """A step under change: its source, its wordings, what is wrong by field, and how it differs."""

    source: str
    form: StepForm
    wordings: Mapping[tuple[str, str], str]
    faults: Mapping[str, str]
    changes: list[tuple[str, str]]
    at: TakesEffect = "now"

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to publish."""
        return bool(self.changes or self.wordings)


@dataclass(frozen=True, slots=True)
class Bench:
    """What an edit works on: the clinic, its content, the version followed, and the step."""

    clinic: Clinic
    content: Content
    version: Version
    programme: Programme
    step: Step


def untouched(bench: Bench) -> Draft:
    """The step as it is."""
    source = bench.version.source
    return Draft(source, form_of(source, bench.step.key), {}, {}, [])


def draft_of(bench: Bench, typed: Mapping[str, str]) -> Draft:
    """What was typed, applied to the version followed; a field that is wrong changes nothing."""
    source = bench.version.source
    form = _typed(source, bench.step.key, typed)
    wordings = _typed_wordings(bench, typed)
    faults = {
        wording_name(*key): "; ".join(found)
        for key, body in wordings.items()
        if (found := _overtaken(bench, typed, key) or _wrong(bench, key, body))
    }
    try:
        source = edited(source, bench.step.key, form)
        if not faults:
            check(bench.content, source, f"{bench.version.slug}.toml", wordings)
    except FieldError as fault:
        faults[fault.field] = fault.reason
    except ProgrammeFaults as found:
        for each in found.faults:
            faults.setdefault(_field_of(each.reason), each.reason)
    lines = changes(bench.version.source, source)
    return Draft(source, form, wordings, faults, lines, takes_effect(typed))


def _typed(source: str, key: str, typed: Mapping[str, str]) -> StepForm:
    before = form_of(source, key)
    said = {field.name: typed.get(field.name, "").strip() for field in fields(StepForm)}
    if said["rhythm"] == DAYS:
        said["often"] = ",".join(day for day in WEEKDAYS if typed.get(f"day-{day}"))
    if said["rhythm"] in (DAILY, KEEP):
        said["often"] = before.often if before.rhythm == said["rhythm"] else ""
    if said["moment"] == KEEP:
        said["amount"] = before.amount
    return replace(before, **said)


def _typed_wordings(bench: Bench, typed: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """The wordings that differ from those in use; one left empty where there was none stays so."""
    changed = {}
    for text_id, language in texts_of(bench.step):
        said = typed.get(wording_name(text_id, language))
        if said is None:
            continue
        body, newest = tidy(said), newest_wording(bench, text_id, language)
        # What the form was filled with stays what it is, even where somebody has changed it meanwhile.
        if body not in (newest, _began_with(typed, text_id, language, newest)):
            changed[text_id, language] = body
    return changed


def _wrong(bench: Bench, key: tuple[str, str], body: str) -> list[str]:
    return wording_faults(bench.content.texts.newest, *key, body)


def _overtaken(bench: Bench, typed: Mapping[str, str], key: tuple[str, str]) -> list[str]:
    """That somebody published another wording of a text that is being changed, with what it says."""
    newest = newest_wording(bench, *key)
    if _began_with(typed, *key, newest) == newest:
        return []
    return [f"somebody changed this wording meanwhile; it is now “{newest}”"]


def _began_with(typed: Mapping[str, str], text_id: str, language: str, newest: str) -> str:
    return tidy(typed.get(f"was-{wording_name(text_id, language)}", newest))


def newest_wording(bench: Bench, text_id: str, language: str) -> str:
    """The wording published last, "" where there is none."""
    text = bench.content.texts.newest.get(text_id, language)
    return text.body if text else ""


def tidy(typed: str) -> str:
    """A wording as it is kept: one line, single spaces, not endless."""
    return " ".join(typed.split())[:LONGEST_BODY]


def wording_name(text_id: str, language: str) -> str:
    """The name of a wording's field."""
    return f"text-{text_id}-{language}"


def texts_of(step: Step) -> list[tuple[str, str]]:
    """Every text a step may say, with each language, its follow-up questions last."""
    ids = (*step.say, *(step.ask.then if step.ask else ()))
    return [(text_id, language) for text_id in ids for language in LANGUAGES]


def _field_of(reason: str) -> str:
    """The form's field a fault of the file belongs to; the form as a whole where none fits."""
    named = reason.partition(":")[0]
    known = {"useful_for": "useful_for", "flex": "flex", "cadence": "rhythm"}
    known |= dict.fromkeys(("times_per_week", "every_n_days", "weekdays"), "often")
    known |= dict.fromkeys(("at", "offset"), "amount")
    return known.get(named, "form")
