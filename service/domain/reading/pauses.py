"""How long a patient wants no texts: a length, or the day that ends the rest; PAUSE and AWAY."""

from service.domain.reading.dates import day_named, names_another
from service.domain.reading.days import length_told, weekday
from service.domain.reading.document import Document, Mark
from service.domain.reading.labels import Intent
from service.domain.reading.lexicon import Lexicon

_SMALL = {("for",), ("por",), ("the",), ("el",)}
_BEGINS = {("in",), ("en",), ("on",), ("from",), ("desde",), ("del",)}
_GONE_BY = frozenset({"today", "now", "last", "hoy", "ahora", "pasado"})
# What ends a rest until a day that has a name; None where the year moves it, or nobody dates it.
_BY_NAME = {
    "end.tomorrow": "1d",
    "end.next_week": "until:mon",
    "end.weekend": "until:sat",
    "end.next_month": "until:1",
    "end.christmas": "until:12-25",
    "end.new_year": "until:01-01",
    "end.undated": None,
}
_NAME_REACH = 5
_RESTS = frozenset({"for", "next", "por", "durante"})
_AFTER = frozenset(
    {"after", "since", "been", "in", "despues", "tras", "luego", "hace", "llevo", "llevamos", "van"}
)
_SUFFERED = frozenset({"had", "did", "done", "been", "after", "since", "hace", "llevo", "llevamos"})
_OF = {("of",), ("de",)}
_OVER = {("ago",), ("already",), ("later",), ("asi",), ("ya",), ("con",)}
_ENOUGH = frozenset({"enough", "plenty", "suficiente", "suficientes", "bastante", "basta"})


def pause(document: Document, lexicon: Lexicon, *, asked: bool) -> Intent | None:
    """A pause. Where something was asked, news of a trip alone is none.

    A length of nothing, an end gone by, or a date that may be two or is none is not understood: it never becomes the
    pause nobody asked for.
    """
    length, doubt = how_long(document, lexicon)
    gone_by = _gone_by(document)
    away = _away(document, named=bool(length or doubt or gone_by))
    marks = [away] if away else document.all("command.pause")
    if not marks:
        return None
    mark = marks[0]
    plain = document.tokens[mark.start].word.startswith(("paus", "hold", "put", "extend"))
    # "Hold off till the blood draw" is said of the dose.
    unsaid = not away and not length and not doubt and asked
    if unsaid and (not plain or document.has("off_day")):
        return None
    doubt = doubt or ("invalid_time" if gone_by else _no_pause(document, lexicon, mark, length))
    if doubt:
        return Intent("unknown", doubt, document.raw.strip())
    return Intent("pause", length, document.quote(mark.start, mark.end))


def how_long(document: Document, lexicon: Lexicon, after: int = 0) -> tuple[str, str]:
    """`Nd` or `until:X` where the text names a length or an end behind a token, and the doubt where it may be none.

    A date with its month goes before everything else: "until tuesday 8 december" is no Tuesday, nor a length.
    """
    ends = [mark for mark in document.all("command.until") if mark.start >= after]
    # "PAUSE 25 jan" ends then; "on vacation in december" begins then.
    plain = [
        mark
        for mark in document.all("command.pause", "command.away")
        if mark.start >= after and document.words[mark.end : mark.end + 1] not in _BEGINS
    ]
    named = [day_named(document, lexicon, mark.end) for mark in (*ends, *plain)]
    dated = next((one for one in named if one and one.of_a_month), None)
    if dated:
        doubt = dated.doubt or ("ambiguous" if names_another(document, dated) else "")
        return (f"until:{dated.value}" if not doubt else "", doubt)
    by_name = _by_name(document, ends)
    if by_name:
        return by_name
    length = length_told(document, lexicon, after)
    if length is not None:
        return f"{length.days}d", ""
    day = next((one for one in named[: len(ends)] if one), None)
    return (f"until:{day.value}", "") if day else ("", "")


def gone_through(document: Document, lexicon: Lexicon, after: int) -> bool:
    """Whether the length behind a stop is one gone through and none to rest, or the stop is for good.

    "Stop texting me after 2 months of this", "2 years of this crap is enough": none of that is a pause.
    """
    if document.has("command.for_good"):
        return True
    length = length_told(document, lexicon, after)
    if length is None:
        return False
    before, behind = document.words[after : length.start], document.words[length.end :]
    last = max((place for place, word in enumerate(before) if word in _RESTS), default=-1)
    led = _AFTER.intersection(before[last + 1 :]) or _SUFFERED.intersection(before[-2:])
    of_what = behind[:1] in _OF and not document.between(length.end, length.end + 1, "rest_of")
    return bool(led or of_what or behind[:1] in _OVER or _ENOUGH.intersection(behind[:2]))


def _by_name(document: Document, ends: list[Mark]) -> tuple[str, str] | None:
    """The end that has a name; in doubt where words beside it may move it, "a week after christmas"."""
    for end in ends:
        for name in document.between(end.end, end.end + _NAME_REACH, *_BY_NAME):
            value = _BY_NAME[name.concept]
            straight = document.words[end.end : name.start] in {(), ("the",), ("el",), ("la",)}
            return (value, "") if value and straight else ("", "ambiguous")
    return None


def _gone_by(document: Document) -> bool:
    """Whether the end named is no time to come."""
    return any(
        document.between(mark.end, mark.end + 2, "yesterday")
        or _GONE_BY.intersection(document.words[mark.end : mark.end + 2])
        for mark in document.all("command.until")
    )


def _no_pause(document: Document, lexicon: Lexicon, pause_mark: Mark, length: str) -> str:
    """What is wrong with the length or the end that a pause names; empty for a good one, or for none named."""
    for mark in document.all("command.until"):
        if not length and _numbered(document, lexicon, mark.end, mark.end):
            return "invalid_time"
    if not length and _numbered(document, lexicon, pause_mark.start + 1, pause_mark.end):
        return "out_of_range"
    begins_later = not length and weekday(document, pause_mark.end) is not None
    return (
        "ambiguous" if begins_later or ("-" not in length and names_another(document, None)) else ""
    )


def _numbered(document: Document, lexicon: Lexicon, start: int, end: int) -> bool:
    """Whether tokens [start, end) or the next one, a small word aside, are a number."""
    end += document.words[end : end + 1] in _SMALL
    return any(
        token.is_number or token.word in lexicon.numbers
        for token in document.tokens[start : end + 1]
    )


def _away(document: Document, *, named: bool) -> Mark | None:
    """AWAY as a command: it begins the text, and a length, an end or nothing but courtesy follows.

    Further on it is said of anything: "the pain went away".
    """
    for mark in document.all("command.away"):
        alone = document.only("command.away", "command.courtesy", "courtesy")
        if mark.start == 0 and (alone or named):
            return mark
    return None
