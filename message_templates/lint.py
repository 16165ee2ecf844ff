"""What may not be published, and why: one function a rule, over a catalogue or one wording."""

import re
from collections.abc import Collection, Iterator

from message_templates.catalogue import LANGUAGES, Catalogue, Text
from message_templates.fault import Fault
from message_templates.kept_words import KEPT_PLACEHOLDERS, KEPT_WORDS, fillable
from message_templates.long_values import LONG_VALUES
from message_templates.render import filled, known_placeholders, strange_braces
from message_templates.safety_gates import SAFETY_GATES
from message_templates.segments import measure

QUESTION_KINDS = frozenset(
    {
        "consent",
        "symptom_0_10",
        "iron_yn",
        "caffeine_yn",
        "alcohol_yn",
        "nicotine_yn",
        "exercise_yn",
        "relax_yn",
        "compression_yn",
        "lab_yn",
        "aug_earlier_yn",
        "urges_yn",
        "med_change_yn",
        "bedtime_ask",
        "onset_time",
        "weekly_3",
        "nights_0_7",
        "gate",
    }
)

# One segment; languages other than English keep to 153 septets.
_MOST_UNITS = {"en": 160}
_MOST_UNITS_ELSEWHERE = 153
_MOST_HINT_UNITS = max(len(values["hint"]) for values in LONG_VALUES.values())

# Words that carriers or the provider act on, so no text may ask for one as an answer.
_SYSTEM_WORDS = frozenset({"STOP", "START", "HELP"})
_NEVER = frozenset(
    {"STOPALL", "END", "QUIT", "CANCEL", "UNSUBSCRIBE", "REVOKE", "OPTOUT", "UNSTOP"}
)
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
_ASKED_FOR = re.compile(
    r"\b(?:reply|answer|text|send|responda|conteste|escriba|mande)(?: with| con)? "
    r"(\w+(?:(?:, or |, | or | o )\w+)*)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def faults(catalogue: Catalogue, known_facts: Collection[str]) -> list[Fault]:
    """Everything that may not be published, in file order. `known_facts`: codes a gate may name."""
    found = [
        Fault(text.file, text.line, text.id, text.language, reason)
        for text in catalogue.texts.values()
        for reason in _reasons(text, catalogue, known_facts)
    ]
    found += [
        Fault(f"{language}/hints.toml", 0, "", language, f"{kind}: {reason}")
        for language, hints in catalogue.hints.items()
        for kind, hint in hints.items()
        for reason in _hint_reasons(hint)
    ]
    found += _unwritten(catalogue)
    missing = [text_id for text_id in SAFETY_GATES if catalogue.get(text_id, "en") is None]
    found += [
        Fault("en", 0, text_id, "en", "a text with safety gates is gone") for text_id in missing
    ]
    return found


def _unwritten(catalogue: Catalogue) -> Iterator[Fault]:
    """A text that a language lacks, where its English stands: whoever reads that language would never get it."""
    for text in catalogue.texts.values():
        for language, name in LANGUAGES.items():
            if text.language == "en" and catalogue.get(text.id, language) is None:
                file = text.file.replace("en/", f"{language}/", 1)
                yield Fault(
                    text.file, text.line, text.id, language, f"not in {name}: write it in {file}"
                )


def lint_body(text: Text, body: str) -> list[str]:
    """Why `body` may not be published as a new wording of `text`; empty if it may."""
    return list(_wording_reasons(text, body))


def most_units(language: str) -> int:
    """How many units on the air a wording may have with long values in its placeholders."""
    return _MOST_UNITS.get(language, _MOST_UNITS_ELSEWHERE)


def _reasons(text: Text, catalogue: Catalogue, known_facts: Collection[str]) -> Iterator[str]:
    yield from _wording_reasons(text, text.body)
    yield from _gate_reasons(text, known_facts)
    yield from _privacy_reasons(text, catalogue)
    if text.asks is not None and text.asks not in QUESTION_KINDS:
        yield f"asks an unknown kind of question: {text.asks}"
    if (text.kind == "question") != (text.asks is not None) and text.kind != "system":
        yield "kind is question exactly when it asks something"


def _wording_reasons(text: Text, body: str) -> Iterator[str]:
    yield from strange_braces(body)
    named = set(known_placeholders(body))
    length = measure(filled(body, LONG_VALUES[text.language]))
    if length.offending:
        yield f"not in GSM-7: {' '.join(length.offending)}"
    most = most_units(text.language)
    if length.units > most:
        yield f"{length.units} characters{_with_long_values(body, text.language)}; at most {most}"
    yield from _answer_reasons(text.kind, body)
    for name in sorted(named - fillable(text.id, text.kind)):
        yield f"{{{name}}} cannot be filled in this text"
    for name in sorted(KEPT_PLACEHOLDERS.get(text.id, frozenset()) - named):
        yield f"{{{name}}} must stay in every wording of this text"
    said = set(_CAPITALS.findall(body))
    for word in KEPT_WORDS.get(text.id, ()):
        if word[text.language] not in said:
            yield f"{word[text.language]} must stay in every wording of this text, in capitals"


def _with_long_values(body: str, language: str) -> str:
    values = LONG_VALUES[language]
    said = [f"{values[name]} for {{{name}}}" for name in known_placeholders(body)]
    return f" with {', '.join(said)}" if said else ""


def _answer_reasons(kind: str, body: str) -> Iterator[str]:
    named = {word for word in _CAPITALS.findall(body) if word in _NEVER | _SYSTEM_WORDS}
    named |= {word.upper() for asked in _ASKED_FOR.findall(body) for word in _WORD.findall(asked)}
    banned = _NEVER if kind == "system" else _NEVER | _SYSTEM_WORDS
    for word in sorted(named & banned):
        yield f"{word} may not be the answer a text asks for"


def _gate_reasons(text: Text, known_facts: Collection[str]) -> Iterator[str]:
    for gate in (*text.only_if, *text.not_if):
        fact = re.split("[<>]", gate, maxsplit=1)[0]
        if fact not in known_facts:
            yield f"a gate names an unknown fact: {fact}"
    only_if, not_if = SAFETY_GATES.get(text.id, (frozenset[str](), frozenset[str]()))
    if text.id in SAFETY_GATES and not text.safety:
        yield "its gates are safety gates: safety = true is gone"
    if only_if and set(text.only_if) != only_if:
        yield f"safety gate changed: only_if must be {', '.join(sorted(only_if))}"
    if not not_if <= set(text.not_if):
        yield f"safety gate gone: not_if {', '.join(sorted(not_if - set(text.not_if)))}"


def _privacy_reasons(text: Text, catalogue: Catalogue) -> Iterator[str]:
    ways = sum((text.discreet is not None, text.gate, text.behind is not None))
    if ways != text.starred:
        yield "a starred text has exactly one of discreet, gate and behind; any other has none"
    twin = catalogue.get(text.discreet, text.language) if text.discreet else None
    if text.discreet and twin is None:
        yield f"its discreet twin {text.discreet} does not exist in this language"
    if twin and twin.starred:
        yield f"its discreet twin {twin.id} names a health topic too"
    opener = catalogue.get(text.behind, text.language) if text.behind else None
    if text.behind and (opener is None or not opener.gate):
        yield f"it stands behind {text.behind}, which is no gated text of this language"


def _hint_reasons(hint: str) -> Iterator[str]:
    length = measure(hint)
    if length.offending:
        yield f"not in GSM-7: {' '.join(length.offending)}"
    if length.units > _MOST_HINT_UNITS:
        yield f"{length.units} characters; at most {_MOST_HINT_UNITS}"
