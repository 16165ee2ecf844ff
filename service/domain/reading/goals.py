"""Answers to the questions whose YES means that the goal was met."""

from dataclasses import replace
from itertools import pairwise

from service.domain.reading.clock import clocks
from service.domain.reading.days import weekday
from service.domain.reading.document import Document, Mark
from service.domain.reading.labels import SIDE_EFFECTS, Intent
from service.domain.reading.later import named_hour, postponed
from service.domain.reading.lexicon import Lexicon
from service.domain.reading.news import denied
from service.domain.reading.polarity import Polarity, polarity

_ASKS_ABOUT_ONE_DAY = frozenset({"iron", "caffeine", "exercise"})
# "At 6", "a las 8 pm" and no more.
_BARE_HOUR = 4
# A text of more pieces tells a story, not what was done on which day.
_MOST_CUTS = 16
_EARLY = frozenset({"breakfast", "morning", "noon", "desayuno", "mediodia"})
# "Forgot last night but did today": neither today nor surely the day before.
_NIGHT = "night"
_JOINTS = frozenset({"but", "and", "pero", "y"})
_THAN = frozenset({"than", "que", "de"})
_BARRIERS = ("stopped", "ran_out", "forgot", "side_effect", "unwell")
# Being unwell keeps nobody from abstaining.
_TAKING = frozenset({"took", "taken", "take", "had"})
_ARTICLES = frozenset({"a", "an", "the", "my", "some", "un", "una", "el", "la"})
_DOSES = frozenset(
    {
        "one",
        "it",
        "mine",
        "dose",
        "doses",
        "tablet",
        "tablets",
        "capsule",
        "tab",
        "tabs",
        "vitamin",
        "thing",
        "stuff",
    }
)
_ABSTAINED = frozenset({"caffeine", "alcohol", "nicotine"})
_FELT_AT = {"iron": frozenset(SIDE_EFFECTS) - {"tight"}, "compression": {"skin", "tight"}}


def goal(document: Document, kind: str, lexicon: Lexicon) -> list[Intent]:
    """What a text answers to a goal question; empty if it answers nothing."""
    topic = kind.removesuffix("_yn")
    parts = _days(document) if topic in _ASKS_ABOUT_ONE_DAY else [(document, "")]
    read = [(_one_day(part, topic, lexicon), day) for part, day in parts]
    answered = [(intent, day) for intent, day in read if intent is not None and day != _NIGHT]
    own = [intent for intent, day in answered if not day]
    found = own[:1] + [
        replace(intent, value=f"{intent.value}@{day}")
        for intent, day in answered
        if day and intent.name.startswith("adherence")
    ]
    if not found:
        whole = _one_day(document, topic, lexicon)
        found = [whole] if whole else []
    return found


def _days(document: Document) -> list[tuple[Document, str]]:
    """The text cut into what it says of today ("") and of other days ("prev", "sat")."""
    cuts = {0, len(document.tokens)}
    for place, token in enumerate(document.tokens):
        if place and (token.part != document.tokens[place - 1].part or token.word in _JOINTS):
            cuts.add(place)
    days = [mark.start for mark in document.all("yesterday", "today")]
    for first, second in pairwise(days):
        if not any(first < cut <= second for cut in cuts):
            cuts.add(second if first in cuts else first + 1)
    if len(cuts) > _MOST_CUTS:
        return [(document, "")]
    pieces = [document.keep(a, b) for a, b in pairwise(sorted(cuts))]
    named = [(piece, _day(piece)) for piece in pieces]
    if not any(day for _, day in named):
        return [(document, "")]
    return _joined(document, named)


def _joined(
    document: Document, named: list[tuple[Document, str | None]]
) -> list[tuple[Document, str]]:
    """Neighbouring pieces of one day in one; a piece that names none goes with what it follows."""
    days: list[tuple[int, int, str]] = []
    place = 0
    for piece, day in named:
        end = place + len(piece.tokens)
        if days and (day is None or days[-1][2] == day):
            days[-1] = (days[-1][0], end, days[-1][2])
        else:
            days.append((place, end, day or ""))
        place = end
    if len(days) == 1 and days[0][2] not in {"", "prev"}:
        return [(document, "")]
    return [(document.keep(start, end), day) for start, end, day in days]


def _day(piece: Document) -> str | None:
    """The other day a piece is about, "" for today, None if it names none."""
    if piece.has("today"):
        return ""
    if not any(piece.has(c) for c in ("yes", "no", "done", "undone", "did.iron", "did_not.iron")):
        return None
    if piece.has("barrier.ran_out", "barrier.stopped", "clinician.stopped", "did.caffeine"):
        return None
    if piece.has("last_night") and not piece.has("yesterday"):
        return _NIGHT
    return "prev" if piece.has("yesterday") else weekday(piece)


def _one_day(document: Document, topic: str, lexicon: Lexicon) -> Intent | None:
    said = polarity(document, (f"did.{topic}",), (f"did_not.{topic}",))
    words = document.raw.strip() if said.mark is None else _words(document, said)
    if topic == "iron" and said.told and said.mark and _took_else(document, said.mark):
        return None
    if topic == "iron" and document.has("off_day") and said.told is not True:
        return Intent("not_due", words=words)
    if document.has("clinician.stopped") and not said.bare:
        mark = document.all("clinician.stopped")[0]
        return Intent("med_change", "stopped", document.quote(mark.start, mark.end), 0.8)
    later = _later(document, topic, said, lexicon)
    if later:
        return later
    if _partly(document) and topic in {"iron", "compression", "relax"} and not said.unsure:
        return Intent("adherence_partial", "partial", words, 0.8)
    barrier = _barrier(document, topic)
    answer = _with_circumstances(document, topic, said, barrier, lexicon)
    if answer is None:
        return None
    sure = 1.0 if said.told is None else 0.8
    if answer:
        return Intent("adherence_yes", "yes", words, sure)
    return Intent("adherence_no", f"no:{barrier}" if barrier else "no", words, sure)


def _took_else(document: Document, mark: Mark) -> bool:
    """Whether what was taken is named and is no pill: "took a nap", "took the bus"."""
    if document.words[mark.end - 1] not in _TAKING:
        return False
    end = mark.end
    while (
        end < len(document.tokens) and document.tokens[end].part == document.tokens[mark.start].part
    ):
        end += 1
    named = document.words[mark.end : end]
    pill = document.between(mark.end, end, "topic.iron") or _DOSES.intersection(named)
    return len(named) > 1 and named[0] in _ARTICLES and not pill


def _partly(document: Document) -> bool:
    """Whether only a part was done; "a bath and some music" is not a part of anything, nor "8 and a half"."""
    return any(
        (document.words[mark.start : mark.end] != ("some",) or not _goes_on(document, mark.end))
        and document.words[max(0, mark.start - 2) : mark.start] != ("and", "a")
        and document.words[max(0, mark.start - 1) : mark.start] not in {("y",), ("i",)}
        for mark in document.all("partial")
    )


def _goes_on(document: Document, place: int) -> bool:
    """Whether the part of the sentence that ends before a token goes on with it."""
    tokens = document.tokens
    return place < len(tokens) and tokens[place].part == tokens[place - 1].part


def _words(document: Document, said: Polarity) -> str:
    return document.quote(said.mark.start, said.mark.end) if said.mark else ""


def _with_circumstances(
    document: Document, topic: str, said: Polarity, barrier: str | None, lexicon: Lexicon
) -> bool | None:
    """The answer, once use before the cut-off and mere intentions are told apart."""
    if topic == "caffeine" and said.told is False and _early(document, lexicon):
        return said.bare is not False or document.has("did.caffeine")
    if topic == "exercise" and said.ever and not said.unsure:
        return True
    if said.intends and said.told is None and said.bare is None:
        return None
    if topic == "iron" and barrier == "side_effect" and said.mark is None:
        return None  # "Dark stools" tells of the iron, not whether it was taken.
    if said.answer is None and barrier and not said.unsure:
        return None if topic in _ABSTAINED else False
    if barrier == "stopped" and said.bare is not True:
        return False
    return said.answer


def _early(document: Document, lexicon: Lexicon) -> bool:
    """Whether a morning hour or meal is named."""
    hours = clocks(document, lexicon)
    return bool(_EARLY & set(document.words)) or any(c.part in {"am", "morning"} for c in hours)


def _barrier(document: Document, topic: str) -> str | None:
    for name in _BARRIERS:
        if name == "stopped" and topic != "iron":
            continue
        if name == "side_effect":
            if side_effects(document, topic):
                return name
        elif any(not _told_away(document, mark) for mark in document.all(f"barrier.{name}")):
            return name
    return None


def _told_away(document: Document, mark: Mark) -> bool:
    """ "No me duele": the phrase that denies it holds it."""
    return any(one.start <= mark.start and mark.end <= one.end for one in document.all("no_answer"))


def side_effects(document: Document, topic: str) -> list[str]:
    """The side effects told with an answer about `topic`, which only iron and compression have."""
    felt = _FELT_AT.get(topic, frozenset())
    told = [
        tag
        for tag in SIDE_EFFECTS
        if tag in felt and any(not denied(document, mark) for mark in document.all(f"side.{tag}"))
    ]
    if "nausea" in told and "vomiting" in told:
        inside = document.all("side.nausea", "side.vomiting")
        if inside[0].concept == "side.nausea" and inside[-1].end <= inside[0].end:
            told.remove("vomiting")
    return told


def _but_later(document: Document) -> bool:
    """ "Yes but later", not "yes but later than usual"."""
    return any(
        document.words[max(0, mark.start - 1) : mark.start] in {("but",), ("pero",)}
        and not _THAN.intersection(document.words[mark.end : mark.end + 1])
        for mark in document.all("yet", "not_yet")
    )


def _later(document: Document, topic: str, said: Polarity, lexicon: Lexicon) -> Intent | None:
    """Not yet: the question stays open, until an hour or a weekday where one is named."""
    day = weekday(document)
    words = document.raw.strip()
    if topic == "lab":
        past = document.has("did.lab", "yesterday") or said.bare is True or said.told is True
        past = past and not (day and document.has("to_come"))
        coming = day or said.not_yet or "tomorrow" in document.words or "manana" in document.words
        if past or not coming or (said.told is False and not said.not_yet):
            return None
        put_off = postponed(document, lexicon)
        return Intent("later", day or (put_off.value if put_off else ""), words, 0.8)
    hour = named_hour(document, lexicon)
    wanting = said.intends and said.told is None and (hour or said.bare is False)
    if hour and said.mark is None and len(document.tokens) <= _BARE_HOUR:
        return Intent("later", hour, words)
    agreed = said.bare is True and not _but_later(document)
    if not (said.not_yet or wanting) or said.told is True or agreed:
        return None
    if "tomorrow" in document.words and not said.not_yet:
        return None
    return Intent("later", hour or day or "", words)
