"""What is a nought on the scale: "none" and "zero" alone or of symptoms, never of sleep, relief or rest."""

from service.domain.reading.document import Document, Mark
from service.domain.reading.numbers import Number

_BARE = frozenset({"none", "nothing", "zero", "nada", "cero", "at", "all", "de"})
_BESIDE_NONE = (
    "onset.none_rest",
    "last_night",
    "of_the_legs",
    "score_lead",
    "maybe",
    "yes",
    "no",
    "courtesy",
    "thanks",
)


def says_none(document: Document, mark: Mark) -> bool:
    """Whether no symptoms are told of: "no pain", or a bare "none" with nothing beside it that it could be none of."""
    longer = [other for other in document.all("none_score") if _inside(mark, other)]
    if any(not _BARE.issuperset(document.words[one.start : one.end]) for one in (mark, *longer)):
        return not of_sleep(document, mark)
    if document.has("nothing_else"):
        return False
    part = document.tokens[mark.start].part
    rest = {place for place, token in enumerate(document.tokens) if token.part == part}
    for other in document.all("none_score", "no_nights", "beside_none", *_BESIDE_NONE):
        rest.difference_update(range(other.start, other.end))
    return not rest


def zero_of_else(document: Document, number: Number) -> bool:
    """ "Zero relief", "slept zero", "0 sleep": a nought that scores nothing."""
    place = Mark("", number.start, number.end)
    spelled = (
        number.value == 0 and not document.tokens[number.start].is_number and not number.scaled
    )
    return of_sleep(document, place) or (spelled and not says_none(document, place))


def of_sleep(document: Document, mark: Mark) -> bool:
    """ "No dormi nada", "nothing helped": said of sleep or of a remedy, not of the legs."""
    return any(_inside(mark, other) for other in document.all("nothing_else"))


def _inside(mark: Mark, other: Mark) -> bool:
    return other.start <= mark.start and mark.end <= other.end
