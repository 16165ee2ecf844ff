"""Answers to the questions whose YES means a problem: augmentation, urges, new medicine."""

from service.domain.reading.document import Document
from service.domain.reading.labels import Intent
from service.domain.reading.polarity import polarity

_DETAILS = {"aug_earlier_yn": ("spread",), "urges_yn": ("shopping", "gambling", "eating")}
_PROBLEMS = {
    "aug_earlier_yn": ("screen.earlier",),
    "urges_yn": ("screen.urge",),
    "med_change_yn": ("medicine.started", "medicine.stopped", "clinician.stopped"),
}
_NO_PROBLEM = {
    "aug_earlier_yn": ("screen.same",),
    "urges_yn": (),
    "med_change_yn": ("medicine.same",),
}


def screen(document: Document, kind: str) -> list[Intent]:
    """What a text answers to a screen; empty if it answers nothing."""
    said = polarity(document, (), ())
    words = document.raw.strip()
    detail = _detail(document, kind)
    problem = document.has(*_PROBLEMS[kind])
    fine = document.has(*_NO_PROBLEM[kind])
    if said.unsure and not (said.bare is not None and (detail or problem or fine)):
        return []
    if kind == "med_change_yn":
        return _medicine(document, said.bare, problem=problem and not fine, words=words)
    denied = said.bare is False or said.told is False
    if detail and (not denied or (kind == "urges_yn" and problem)):
        return [Intent("screen_yes", f"yes:{detail}", words, 0.8)]
    if problem and not denied and not fine:
        return [Intent("screen_yes", "yes", words, 0.8)]
    if fine and said.bare is not True:
        return [Intent("screen_no", "no", words, 0.8)]
    if said.answer is None:
        return []
    return [Intent("screen_yes", "yes", words) if said.answer else Intent("screen_no", "no", words)]


def _detail(document: Document, kind: str) -> str | None:
    for name in _DETAILS.get(kind, ()):
        if document.has(f"screen.{name}"):
            return name
    return None


def _medicine(document: Document, bare: bool | None, *, problem: bool, words: str) -> list[Intent]:
    stopped = document.has("medicine.stopped", "clinician.stopped")
    if problem and bare is not False:
        started = any(m.end - m.start > 1 for m in document.all("medicine.started"))
        change = "stopped" if stopped and not started else "new"
        return [
            Intent("screen_yes", "yes", words, 0.8 if bare is None else 1.0),
            Intent("med_change", change, words, 0.8),
        ]
    if bare is True:
        return [Intent("screen_yes", "yes", words)]
    if bare is False or document.has("medicine.same"):
        return [Intent("screen_no", "no", words)]
    return []
