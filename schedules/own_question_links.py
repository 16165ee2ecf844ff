"""Faults that a clinic's own questions have together: names, what follows what, and the step that begins them."""

from collections.abc import Iterator, Mapping, Sequence

from schedules.fields import shown
from schedules.own_questions import END, OWN, OwnQuestion, question_after
from schedules.programme import Programme, Step
from schedules.toml_scan import Path

Found = Iterator[tuple[Path, str]]


def faults_among(programme: Programme) -> Found:
    """Each place in the file where questions and steps do not fit each other, with the sentence."""
    places: dict[str, int] = {}
    for index, one in enumerate(programme.questions):
        places.setdefault(one.id, index)
    found = [
        *_named(programme.questions, places),
        *(
            fault
            for index, step in enumerate(programme.steps)
            for fault in _begun(index, step, places)
        ),
    ]
    yield from found
    if not found:
        yield from _circles(programme.questions, places)
        yield from _unreached(programme, places)


def _named(questions: Sequence[OwnQuestion], places: Mapping[str, int]) -> Found:
    for index, one in enumerate(questions):
        if places[one.id] != index:
            yield (
                ("question", index, "id"),
                f"id: there are two questions {one.id}; give this one another.",
            )
        targets = one.next.values() if isinstance(one.next, dict) else (one.next or END,)
        for target in targets:
            if target != END and target not in places:
                yield (
                    ("question", index, "next"),
                    f"next: there is no question {shown(target)}; write the id of one, or end.",
                )


def _begun(index: int, step: Step, places: Mapping[str, int]) -> Found:
    begins = step.ask is not None and step.ask.kind == OWN
    own = [text_id for text_id in step.say if text_id in places]
    if begins and (len(step.say) != 1 or not own):
        yield (
            ("step", index, "say"),
            f"say: a step that asks {OWN} says one question of this file, the first.",
        )
    elif own and not begins:
        yield (
            ("step", index, "say"),
            f'say: {own[0]} is a question of this file; the step asks it with kind = "{OWN}".',
        )
    if begins and step.ask and (step.ask.then or step.ask.nudge):
        yield (
            ("step", index, "ask"),
            f"ask: what follows a question of kind {OWN} stands in its next; take out then and nudge.",
        )


def _after(questions: Sequence[OwnQuestion], one: OwnQuestion) -> set[str]:
    """The ids of the questions that may follow one."""
    following = (question_after(questions, one, word) for word in one.words())
    return {other.id for other in following if other is not None}


def _reached(questions: Sequence[OwnQuestion], begun: Sequence[str]) -> set[str]:
    """The ids of the questions that come up, beginning with `begun`."""
    by_id = {one.id: one for one in questions}
    found: set[str] = set()
    waiting = [*begun]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += _after(questions, by_id[one])
    return found


def _circles(questions: Sequence[OwnQuestion], places: Mapping[str, int]) -> Found:
    for one in questions:
        if one.id in _reached(questions, sorted(_after(questions, one))):
            yield (
                ("question", places[one.id], "next"),
                f"next: {one.id} would be asked again and again in a circle; let one of them end.",
            )


def _unreached(programme: Programme, places: Mapping[str, int]) -> Found:
    begun = [text_id for step in programme.steps for text_id in step.say if text_id in places]
    reached = _reached(programme.questions, begun)
    for one in programme.questions:
        if one.id not in reached:
            yield (
                ("question", places[one.id], "id"),
                f"id: no step and no next leads to {one.id}; lead to it or take it out.",
            )
