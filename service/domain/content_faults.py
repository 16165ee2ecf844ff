"""What a programme and the texts it says must have in common, checked together."""

from collections.abc import Iterator

from message_templates.catalogue import Catalogue
from message_templates.render import placeholders
from schedules.fault import Fault
from schedules.programme import Programme, Step
from schedules.safety import missing_gates
from schedules.toml_scan import line_index, line_of

MASTER = "en"


def faults_of(programme: Programme, source: str, name: str, catalogue: Catalogue) -> list[Fault]:
    """Every fault between a programme and the catalogue, with its line in `source`."""
    index = line_index(source)
    return [
        Fault(name, line_of(index, ("step", number)), reason)
        for number, step in enumerate(programme.steps)
        for reason in _reasons(step, catalogue)
    ] + [Fault(name, 1, reason) for reason in missing_gates(programme)]


def _reasons(step: Step, catalogue: Catalogue) -> Iterator[str]:
    asked = step.ask.then if step.ask else ()
    for text_id in (*step.say, *asked):
        text = catalogue.get(text_id, MASTER)
        if text is None:
            yield f"There is no text {text_id}."
            continue
        if "cutoff" in placeholders(text.body) and step.cutoff is None:
            yield f"{text_id} says {{cutoff}}, so the step needs a cutoff."
        if text_id in step.say:
            yield from _question_reasons(step, text_id, text.asks)


def _question_reasons(step: Step, text_id: str, asks: str | None) -> Iterator[str]:
    if step.ask is None and asks is not None:
        yield f"{text_id} asks a {asks} question; the step needs ask.kind = {asks!r}."
    if step.ask is not None and asks != step.ask.kind:
        yield f"ask.kind is {step.ask.kind}, but {text_id} asks {asks or 'nothing'}."
