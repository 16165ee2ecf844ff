"""What a valid programme file may still get wrong: its texts, its safety gates, its name. Faults with their lines."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Final

from message_templates.catalogue import LANGUAGES, Catalogue
from message_templates.kept_words import OF_THE_WEEK, TELL_THE_WEEK
from message_templates.render import PlaceholderError, placeholders
from schedules.fault import Fault, ProgrammeFaults
from schedules.loading import load, shipped_sources
from schedules.programme import Head, Programme, Rule, Step
from schedules.safety import missing_gates
from schedules.toml_scan import Path, line_index, line_of
from service.domain.own_texts import own_faults, with_own

# What every planned text can be given; {cutoff} only by a step that has one.
ALWAYS_FILLED: Final = frozenset({"clinic", "first", "phone", "emerg", "crisis", "poison"})
# The columns that keep these names.
LONGEST_NAME: Final = 40

# What tip_hold holds (clinical section 3).
HELD: Final = ("tip", "cut_off")

Found = Iterator[tuple[Path, str]]


def checked(source: str, name: str, catalogue: Catalogue, languages: Collection[str]) -> Programme:
    """The programme in `source`, fit to be published to readers of `languages`; ProgrammeFaults with every fault."""
    programme = load(source, name)
    wrong = (
        *_names(programme),
        *own_faults(programme, catalogue),
        *_texts(programme, catalogue),
        *_unreadable(programme, with_own(catalogue, [programme]), languages),
    )
    found = _faults(source, name, wrong)
    if found:
        raise ProgrammeFaults(found)
    return programme


def weakened(
    source: str, name: str, programme: Programme, in_force: Programme | None
) -> list[Fault]:
    """The safety gates that `programme`, read from `source`, lacks or has widened: one person may not publish that."""
    # What two people have approved is not asked about again.
    approved = missing_gates(in_force) if in_force is not None else []
    loosened = list(_loosened(in_force, programme)) if in_force is not None else []
    loosened += _unheld(in_force, programme)
    # What the file before it had is told by its change; the gates as shipped would only say it again.
    told = {path for path, _ in loosened}
    missing = [
        (path, gate)
        for path, gate in _missing(programme)
        if path not in told and gate not in approved
    ]
    return _faults(source, name, (*missing, *loosened))


def _missing(programme: Programme) -> Found:
    """The shipped gates it lacks, each where it belongs: in the head, or in a step."""
    of_head = missing_gates(programme.model_copy(update={"steps": ()}))
    yield from ((("programme",), gate) for gate in of_head)
    for number, step in enumerate(programme.steps):
        found = missing_gates(programme.model_copy(update={"steps": (step,)}))
        yield from ((("step", number), gate) for gate in found if gate not in of_head)


def _faults(source: str, name: str, found: Iterable[tuple[Path, str]]) -> list[Fault]:
    index = line_index(source)
    return sorted({Fault(name, line_of(index, path), reason) for path, reason in found}, key=str)


def text_faults(programme: Programme, catalogue: Catalogue) -> list[str]:
    """What is wrong with the texts a programme says, as sentences."""
    return [reason for _, reason in _texts(programme, catalogue)]


def _names(programme: Programme) -> Found:
    if len(programme.slug) > LONGEST_NAME:
        yield ("programme", "slug"), f"slug: at most {LONGEST_NAME} characters."
    for number, step in enumerate(programme.steps):
        if len(step.key) > LONGEST_NAME:
            yield ("step", number, "key"), f"key: at most {LONGEST_NAME} characters."


def _texts(programme: Programme, catalogue: Catalogue) -> Found:
    catalogue = with_own(catalogue, [programme])
    for number, step in enumerate(programme.steps):
        kind = step.ask.kind if step.ask else None
        for text_id in step.say:
            text = catalogue.get(text_id, "en")
            at = ("step", number, "say")
            if text is None:
                yield at, _no_text(text_id, catalogue)
                continue
            if text.asks != kind:
                yield (
                    at,
                    f"{text_id} asks {text.asks or 'nothing'}, the step asks {kind or 'nothing'}.",
                )
            yield from ((at, reason) for reason in _unfilled(step, text_id, catalogue))
        for text_id in step.ask.then if step.ask else ():
            text = catalogue.get(text_id, "en")
            if text is None or text.asks is None:
                reason = f"{text_id} is no question." if text else _no_text(text_id, catalogue)
                yield ("step", number, "ask", "then"), reason


def _unreadable(programme: Programme, catalogue: Catalogue, languages: Collection[str]) -> Found:
    """Steps none of whose texts exists in one of `languages`: who reads that language would never get them."""
    for number, step in enumerate(programme.steps):
        known = [text_id for text_id in step.say if catalogue.get(text_id, "en")]
        for language in sorted(languages):
            if known and not any(catalogue.get(text_id, language) for text_id in known):
                yield ("step", number, "say"), _nothing_in(LANGUAGES[language], step, known)


def _nothing_in(language: str, step: Step, known: list[str]) -> str:
    return (
        f"{step.key} has no text in {language}, which patients read: write {' or '.join(known)} in {language}"
        f" on the page Texts, or say a text that there is in {language}."
    )


def _no_text(text_id: str, catalogue: Catalogue) -> str:
    """What to do about an id that no text has: the nearest one, and where all are listed."""
    near = get_close_matches(text_id, sorted({known for known, _ in catalogue.texts}), n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return (
        f"There is no text {text_id}.{meant} All texts stand on the page Texts and in message_templates/en;"
        " a programme says only those."
    )


def _unfilled(step: Step, text_id: str, catalogue: Catalogue) -> Iterator[str]:
    filled = ALWAYS_FILLED | ({"cutoff"} if step.cutoff is not None else set())
    if text_id in TELL_THE_WEEK:
        filled |= OF_THE_WEEK
    for language in catalogue.languages:
        text = catalogue.get(text_id, language)
        if text is None:
            continue
        try:
            unfilled = [name for name in placeholders(text.body) if name not in filled]
        except PlaceholderError as fault:
            yield f"{text_id} ({language}): {fault}."
            continue
        for name in unfilled:
            if name == "cutoff":
                yield f"{text_id} ({language}) names {{cutoff}}; step {step.key} needs a cutoff."
            else:
                yield f"{text_id} ({language}) names {{{name}}}, which no programme can fill."


def _loosened(old: Programme, new: Programme) -> Found:
    """Gates the file before marked `safety = true` that the new one lacks or has widened."""
    if old.head.safety:
        yield from ((("programme",), reason) for reason in _weaker(old.head, new.head, "programme"))
    keys = {step.key for step in old.steps}
    for guarded in (step for step in old.steps if step.safety):
        for number, step in enumerate(new.steps):
            # A guarded step under another name is still that step while it says one of its texts.
            renamed = step.key not in keys and set(step.say) & set(guarded.say)
            if step.key == guarded.key or renamed:
                where = f"step {step.key}"
                yield from ((("step", number), why) for why in _weaker(guarded, step, where))


def _unheld(old: Programme | None, new: Programme) -> Found:
    """Steps that say, at a priority which no pregnancy holds, a text that as shipped is always held for one."""
    before = {(rule.key, text) for rule in (old.rules if old else ()) for text in _said(rule, HELD)}
    for number, step in enumerate(new.steps):
        for rule in (one for one in new.rules if one.key == step.key):
            said = _said(rule, HELD) & _always_held()
            for text in sorted(text for text in said if (rule.key, text) not in before):
                yield (
                    ("step", number),
                    f"step {step.key}: {text} would no longer be held while a pregnancy is reviewed.",
                )


def _said(rule: Rule, but: Collection[str]) -> set[str]:
    """The texts of a step, unless its priority is one of these."""
    return set() if rule.priority in but else set(rule.step.say)


@cache
def _always_held() -> frozenset[str]:
    """The texts that, as shipped, only steps say which a reported pregnancy holds."""
    rules = [
        rule for name, source in shipped_sources().items() for rule in load(source, name).rules
    ]
    held = {text for rule in rules if rule.priority in HELD for text in rule.step.say}
    return frozenset(held - {text for rule in rules for text in _said(rule, HELD)})


def _weaker(old: Head | Step, new: Head | Step, where: str) -> Iterator[str]:
    only_if, not_if = set(old.only_if), set(old.not_if)
    kept = new.safety
    # Any fact more in only_if opens the gate to more people, since one that holds is enough.
    kept = kept and (not only_if or (bool(new.only_if) and set(new.only_if) <= only_if))
    if not (kept and not_if <= set(new.not_if)):
        gates = [
            f"{field} = {', '.join(items)}"
            for field, items in (("only_if", old.only_if), ("not_if", old.not_if))
            if items
        ]
        yield f"{where}: the safety gate {' and '.join(gates)} is removed or widened."
