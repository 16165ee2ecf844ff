"""What somebody typed into the form of a step -> a draft of the programme, and what is wrong with it by field."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace

from message_templates.catalogue import LANGUAGES
from schedules.facts import WEEKDAYS
from schedules.fault import ProgrammeFaults
from schedules.own_questions import OWN
from schedules.programme import Step
from service.domain.programme_edit import (
    DAILY,
    DAYS,
    KEEP,
    FieldError,
    StepForm,
    edited,
    form_if_any,
    form_of,
    lines_of,
    put_back,
)
from service.entry.web.programme_desks import Change, Desk, programme_of
from service.entry.web.programme_publishing import takes_effect
from service.entry.web.source_lines import changes
from service.flows.publish_programme import wording_faults
from service.store.drafts import Begun

LONGEST_BODY = 600
FORM = "step-form"
_FILE_FIELDS = {"moment": "at", "rhythm": "cadence"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A change as the form of one step shows it: what the form says, and what is wrong by field (`FORM`: elsewhere)."""

    change: Change
    form: StepForm
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Bench:
    """What the form of a step works on: the desk, and the step."""

    desk: Desk
    step: Step


def as_kept(bench: Bench) -> Draft:
    """The step as it was typed last, or as it is published."""
    begun, key = bench.desk.begun, bench.step.key
    form = replace(form_of(begun.source, key), **begun.unread.get(key, {}))
    if begun.saved_at is None:
        return Draft(Change(begun, bench.desk.programme, [], []), form, {})
    return _read(bench, begun, form, {})


def draft_of(bench: Bench, typed: Mapping[str, str]) -> Draft:
    """What was typed, applied to the change under way; the fields of a form with a wrong one are kept beside it."""
    begun = replace(
        bench.desk.begun,
        wordings=_typed_wordings(bench, typed),
        takes_effect=takes_effect(typed),
        step=bench.step.key,
    )
    return _read(bench, begun, _typed(begun.source, bench.step.key, typed), typed)


def _read(bench: Bench, begun: Begun, form: StepForm, typed: Mapping[str, str]) -> Draft:
    desk, key = bench.desk, bench.step.key
    faults = _wording_faults(bench, begun, typed)
    programme = None
    try:
        begun = _applied(begun, desk.base, key, form)
        if left := unread_of_others(begun, key):
            faults[FORM] = left
        if not faults:
            programme = programme_of(desk, begun)
    except FieldError as fault:
        faults[fault.field] = fault.reason
        begun = replace(begun, unread={**begun.unread, key: _differing(begun.source, key, form)})
    except ProgrammeFaults as found:
        faults |= _by_field(found, lines_of(begun.source, key))
    change = Change(begun, programme, changes(desk.base, begun.source), list(faults.items()))
    return Draft(change, form, faults)


def _wording_faults(bench: Bench, begun: Begun, typed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the changed texts, by field; those of other steps have none here."""
    faults, here = {}, texts_of(bench.step)
    for (text_id, language), body in begun.wordings.items():
        key = (text_id, language)
        found = _overtaken(bench, typed, key) or wording_faults(
            bench.desk.content.texts.newest, *key, body
        )
        if found and key in here:
            faults[wording_name(text_id, language)] = "; ".join(found)
        elif found:
            faults[FORM] = f"{text_id} in {LANGUAGES[language]}: {'; '.join(found)}"
    return faults


def _by_field(found: ProgrammeFaults, own: Collection[int]) -> dict[str, str]:
    """Faults of the file by the form's field; what stands outside the step's `own` lines, with its line."""
    faults: dict[str, str] = {}
    for each in found.faults:
        is_own = each.line in own
        field = _field_of(each.reason) if is_own else FORM
        said = each.reason if is_own or not each.line else f"line {each.line}: {each.reason}"
        faults[field] = f"{faults[field]} {said}" if field in faults else said
    return faults


def _applied(begun: Begun, base: str, key: str, form: StepForm) -> Begun:
    """The change with a form that says nothing wrong written into its file."""
    source, before = begun.source, form_if_any(base, key)
    for field, in_file in _FILE_FIELDS.items():
        if before is not None and getattr(form, field) == getattr(before, field) == KEEP:
            source = put_back(source, base, key, in_file)
    unread = {step: said for step, said in begun.unread.items() if step != key}
    return replace(begun, source=edited(source, key, form), unread=unread)


def unread_of_others(begun: Begun, key: str = "") -> str:
    """What other forms than that of step `key` say and the file cannot, as a sentence; empty where nothing.

    A form that the file has no more says nothing.
    """
    said = [
        f"{step} says “{'”, “'.join(value for value in fields.values() if value)}”"
        for step, fields in sorted(begun.unread.items())
        if step != key and form_if_any(begun.source, step) is not None
    ]
    return (
        f"The form of {'; of '.join(said)}, which is not understood. Correct it there."
        if said
        else ""
    )


def _differing(source: str, key: str, form: StepForm) -> dict[str, str]:
    before = form_of(source, key)
    return {
        field.name: getattr(form, field.name)
        for field in fields(StepForm)
        if getattr(form, field.name) != getattr(before, field.name)
    }


def _typed(source: str, key: str, typed: Mapping[str, str]) -> StepForm:
    before = form_of(source, key)
    said = {field.name: typed.get(field.name, "").strip() for field in fields(StepForm)}
    if said["rhythm"] == DAYS:
        said["often"] = ",".join(day for day in WEEKDAYS if typed.get(f"day-{day}"))
    if said["rhythm"] in (DAILY, KEEP):
        said["often"] = before.often if before.rhythm == said["rhythm"] else ""
    if said["moment"] == KEEP:
        said["amount"] = before.amount if before.moment == KEEP else ""
    return replace(before, **said)


def _typed_wordings(bench: Bench, typed: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """The wordings that differ from those in use; one left empty where there was none stays so."""
    changed = dict(bench.desk.begun.wordings)
    for text_id, language in texts_of(bench.step):
        said = typed.get(wording_name(text_id, language))
        if said is None:
            continue
        changed.pop((text_id, language), None)
        body, newest = tidy(said), newest_wording(bench, text_id, language)
        # What the form was filled with stays what it is, even where somebody has changed it meanwhile.
        if body not in (newest, _began_with(typed, text_id, language, newest)):
            changed[text_id, language] = body
    return changed


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
    text = bench.desk.content.texts.newest.get(text_id, language)
    return text.body if text else ""


def tidy(typed: str) -> str:
    """A wording as it is kept: one line, single spaces, not endless."""
    return " ".join(typed.split())[:LONGEST_BODY]


def wording_name(text_id: str, language: str) -> str:
    """The name of a wording's field."""
    return f"text-{text_id}-{language}"


def texts_of(step: Step) -> list[tuple[str, str]]:
    """Every text a step may say, with each language, its follow-up questions last; none where the file holds them."""
    if step.ask and step.ask.kind == OWN:
        return []
    ids = (*step.say, *(step.ask.then if step.ask else ()))
    return [(text_id, language) for text_id in ids for language in LANGUAGES]


def _field_of(reason: str) -> str:
    """The form's field a fault of the file belongs to; the form as a whole where none fits."""
    named = reason.partition(":")[0]
    known = {"useful_for": "useful_for", "flex": "flex", "cadence": "rhythm"}
    known |= dict.fromkeys(("times_per_week", "every_n_days", "weekdays"), "often")
    known |= dict.fromkeys(("at", "offset"), "amount")
    return known.get(named, FORM)
