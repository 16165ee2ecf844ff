"""Safety gates that a programme file removes or opens: one person may not publish that. Faults with their lines."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from message_templates import catalogue
from schedules.fault import Fault
from schedules.loading import shipped
from schedules.programme import Head, Programme, Rule, Step
from schedules.safety import missing_gates
from schedules.toml_scan import Path
from service.domain.programme_check import faults_at

# What tip_hold holds (clinical section 3).
HELD: Final = ("tip", "cut_off")

Found = Iterator[tuple[Path, str]]


class Gates(NamedTuple):
    """Who may get a text: somebody with a fact of each of `only_if`, and with none of `not_if`."""

    only_if: tuple[frozenset[str], ...]
    not_if: frozenset[str]


def weakened(
    source: str, name: str, programme: Programme, in_force: Programme | None
) -> list[Fault]:
    """The safety gates that `programme`, read from `source`, lacks or has widened: one person may not publish that."""
    # What two people have approved is not asked about again.
    approved = missing_gates(in_force) if in_force is not None else []
    loosened = list(_loosened(in_force, programme)) if in_force is not None else []
    loosened += [*_unheld(in_force, programme), *_ungated(in_force, programme)]
    # What the file before it had is told by its change; the gates as shipped would only say it again.
    told = {path for path, _ in loosened}
    missing = [
        (path, gate)
        for path, gate in _missing(programme)
        if path not in told and gate not in approved
    ]
    return faults_at(source, name, (*missing, *loosened))


def _missing(programme: Programme) -> Found:
    """The shipped gates it lacks, each where it belongs: in the head, or in a step."""
    of_head = missing_gates(programme.model_copy(update={"steps": ()}))
    yield from ((("programme",), gate) for gate in of_head)
    for number, step in enumerate(programme.steps):
        found = missing_gates(programme.model_copy(update={"steps": (step,)}))
        yield from ((("step", number), gate) for gate in found if gate not in of_head)


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
    rules = [rule for programme in shipped() for rule in programme.rules]
    held = {text for rule in rules if rule.priority in HELD for text in rule.step.say}
    return frozenset(held - {text for rule in rules for text in _said(rule, HELD)})


def _ungated(old: Programme | None, new: Programme) -> Found:
    """Steps that say a text of another programme which as shipped goes out behind safety gates only, without them."""
    steps = old.steps if old else ()
    before = {(step.key, text) for step in steps for text in _open_texts(old or new, step)}
    for number, step in enumerate(new.steps):
        for text in sorted(_open_texts(new, step)):
            if (step.key, text) not in before:
                slug, gates = _always_gated()[text][0]
                yield (
                    ("step", number),
                    f"step {step.key}: {text} goes out behind a safety gate only, as in {slug}: {_in_words(gates)}.",
                )


def _open_texts(programme: Programme, step: Step) -> set[str]:
    """The texts of a step which have stricter gates in every shipped programme that says them."""
    found = set()
    for text_id in step.say:
        variants = _always_gated().get(text_id, ())
        if not variants or programme.slug in {slug for slug, _ in variants}:
            continue
        text = _texts().get(text_id, "en")
        gates = _gates([programme.head, step, *([text] if text else [])])
        if not any(_is_as_strict(gates, least) for _, least in variants):
            found.add(text_id)
    return found


@cache
def _always_gated() -> Mapping[str, Sequence[tuple[str, Gates]]]:
    """For each text that a shipped step says behind a safety gate: what each shipped step that says it demands."""
    variants: defaultdict[str, list[tuple[str, Gates]]] = defaultdict(list)
    guarded = set()
    for programme in shipped():
        for step in programme.steps:
            marked = [table for table in (programme.head, step) if table.safety]
            # A step beside a guarded one stands for whom that one leaves out.
            gates = _gates(marked or [step])
            for text in step.say:
                variants[text].append((programme.slug, gates))
                if marked:
                    guarded.add(text)
    return {text: variants[text] for text in guarded}


def _gates(tables: Sequence[Head | Step | catalogue.Text]) -> Gates:
    only_if = tuple(frozenset(table.only_if) for table in tables if table.only_if)
    return Gates(only_if, frozenset(item for table in tables for item in table.not_if))


@cache
def _texts() -> catalogue.Catalogue:
    """As shipped: a clinic words its texts anew, and leaves their gates alone."""
    return catalogue.load()


def _is_as_strict(gates: Gates, least: Gates) -> bool:
    """Whether whoever passes `gates` passes `least` too."""
    return gates.not_if >= least.not_if and all(
        any(group <= needed for group in gates.only_if) for needed in least.only_if
    )


def _in_words(gates: Gates) -> str:
    said = [f"only_if = {', '.join(sorted(group))}" for group in gates.only_if]
    said += [f"not_if = {', '.join(sorted(gates.not_if))}"] if gates.not_if else []
    return " and ".join(said)


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
