"""What a valid programme file may still get wrong: its texts and its names. Faults with their lines."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import Final

from message_templates.catalogue import LANGUAGES, Catalogue
from message_templates.kept_words import OF_THE_WEEK, TELL_THE_WEEK
from message_templates.render import PlaceholderError, placeholders
from schedules.fault import Fault, ProgrammeFaults
from schedules.gates import can_pass
from schedules.loading import load
from schedules.programme import Programme, Step
from schedules.toml_scan import Path, line_index, line_of
from service.domain.own_texts import own_faults, with_own

# What every planned text can be given; {cutoff} only by a step that has one.
ALWAYS_FILLED: Final = frozenset({"clinic", "first", "phone", "emerg", "crisis", "poison"})
# The columns that keep these names.
LONGEST_NAME: Final = 40

Found = Iterator[tuple[Path, str]]


def checked(source: str, name: str, catalogue: Catalogue, languages: Collection[str]) -> Programme:
    """The programme in `source`, fit to be published to readers of `languages`; ProgrammeFaults with every fault."""
    programme = load(source, name)
    wrong = (
        *_names(programme),
        *own_faults(programme, catalogue),
        *_texts(programme, catalogue),
        *_unreadable(programme, with_own(catalogue, [programme]), languages),
        *_for_nobody(programme, with_own(catalogue, [programme])),
    )
    found = faults_at(source, name, wrong)
    if found:
        raise ProgrammeFaults(found)
    return programme


def faults_at(source: str, name: str, found: Iterable[tuple[Path, str]]) -> list[Fault]:
    """Faults by their places in `source`, a file called `name`."""
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


def _for_nobody(programme: Programme, catalogue: Catalogue) -> Found:
    """Steps whose texts go, by gates of their own, to nobody whom the step lets through."""
    for number, rule in enumerate(programme.rules):
        texts = [text for text_id in rule.step.say if (text := catalogue.get(text_id, "en"))]
        gates = [
            ([*rule.only_if, *([one.only_if] if one.only_if else [])], [*rule.not_if, *one.not_if])
            for one in texts
        ]
        if gates and not any(can_pass(*each) for each in gates):
            said = " or ".join(text.id for text in texts)
            yield (
                ("step", number, "say"),
                f"say: by gates of its own {said} goes to nobody whom the step lets through; it is never sent.",
            )


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
