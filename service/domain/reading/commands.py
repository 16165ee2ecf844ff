"""What a patient tells the service to do: stop, resume, help, another hour or language."""

from service.domain.reading.clock import clocks, hour_24, sending_hour
from service.domain.reading.days import length_told
from service.domain.reading.document import Document, Mark
from service.domain.reading.labels import TOPICS, YES_NO_GOALS, Intent
from service.domain.reading.lexicon import Lexicon
from service.domain.reading.pauses import gone_through, how_long
from service.domain.reading.spelling import one_edit

_ANSWER_WORDS = ("yes", "no", "courtesy", "acknowledge", "command.courtesy")
_POLITE = ("command.courtesy", "courtesy")
# "Para" begins a purpose in any longer text.
_WHOLE_TEXTS = frozenset({("s", "t", "o", "p"), ("para",)})
_CRIES = ("red.suicide", "despair.said")
_NO_OPT_OUT = ("command.not_stop", "clinician.stopped", *_CRIES)
_DEATHS = ("writer.deceased", "writer.bare_lost", "writer.other_died")
_SO_THEN = frozenset(
    {"so", "please", "pls", "plz", "just", "now", "que", "entonces", "favor", "ya", "mejor"}
)
_TO_STOP = frozenset({"stop", "cancel", "unsubscribe", "alto", "basta", "pare", "paren"})
_AFTER = {("after",), ("despues",), ("tras",)}
_EVER = frozenset({"ever", "nunca", "jamas"})
_BEFORE = frozenset({"before", "earlier", "antes"})
_TOPIC_REACH = 5
_LONGEST_PHRASE = 8


def stop(document: Document, lexicon: Lexicon) -> Intent | None:
    """An opt-out of everything, of one topic or for a time."""
    if _misspelt_stop(document, lexicon):
        return Intent("stop", words=document.raw.strip(), confidence=0.6)
    if document.words in _WHOLE_TEXTS:
        return Intent("stop", words=document.raw.strip())
    if document.has("command.stop_tips") and document.only("command.stop_tips", "thanks", *_POLITE):
        return Intent("topic_stop", "tips", document.raw.strip())
    mark = _stop_mark(document, lexicon)
    if mark is None:
        return None
    words = document.quote(mark.start, mark.end)
    length, _ = how_long(document, lexicon, after=mark.start)
    if length and not gone_through(document, lexicon, mark.end):
        return Intent("pause", length, words, 0.8)
    topic = _topic_near(document, mark)
    if topic:
        return Intent("topic_stop", topic, words, 0.8)
    return Intent("stop", words=words)


def _misspelt_stop(document: Document, lexicon: Lexicon) -> bool:
    """Whether the text is one word within an edit of STOP, with nothing beside it but courtesy."""
    rest = set(range(len(document.tokens)))
    for mark in document.all("command.courtesy"):
        rest.difference_update(range(mark.start, mark.end))
    if not rest:
        return False
    typed = document.quote(min(rest), max(rest) + 1).lower()
    return one_edit(typed, "stop") and typed not in lexicon.vocabulary


def _stop_mark(document: Document, lexicon: Lexicon) -> Mark | None:
    alone = _parts_of_courtesy(document)
    for word in document.all("command.stop_word"):
        alone_in_part = document.tokens[word.start].part in alone
        shouted = _shouted(document, word) and not _of_a_habit(document, word)
        fed_up = _after_so_long(document, lexicon, word)
        if alone_in_part or shouted or fed_up or _behind_a_death(document, word):
            return word
    stops = document.all("command.stop")
    wishes = [mark for mark in stops if _hours(document, lexicon, mark)]
    for mark in stops:
        overlapping = [
            other
            for other in document.between(mark.start - _LONGEST_PHRASE, mark.end, *_NO_OPT_OUT)
            if mark.start < other.end
        ]
        # "No longer want to live" cries for help: no word of it opts out.
        cries = any(other.concept in _CRIES for other in overlapping)
        inside = any(other.start < mark.start or other.end >= mark.end for other in overlapping)
        # "Please stop" is part of "please stop the texts at night".
        wished = any(mark.start <= wish.start < mark.end for wish in wishes)
        if not cries and not inside and not wished:
            return mark
    return None


def hours_wished(document: Document, lexicon: Lexicon) -> Intent | None:
    """A wish about the hours of texts, in the words of a stop: "dont text me after 8pm", "stop texting me so early".

    The hour where one bounds it, else a question to staff.
    """
    wishes = (_hours(document, lexicon, mark) for mark in document.all("command.stop"))
    return next((wish for wish in wishes if wish), None)


def _hours(document: Document, lexicon: Lexicon, stop_mark: Mark) -> Intent | None:
    """The wish about hours right behind a stop: "after 2 months of this" bounds none, "at night or ever" is no wish."""
    place = stop_mark.end
    words = document.quote(stop_mark.start, len(document.tokens))
    if _EVER.intersection(document.words[place:]):
        return None
    if document.between(place, place + 1, "command.hour_bound"):
        clock = next((one for one in clocks(document, lexicon) if one.start >= place), None)
        if clock and clock.valid and (clock.sure or _closes_part(document, clock.end)):
            # "Not before 9": in the morning or the evening, a person asks.
            told = clock.part or not _BEFORE.intersection(document.words[place : clock.start])
            at = hour_24(clock, early_is_morning=False) if told else None
            return Intent("time_pref", at, words, 0.8) if at else Intent("question", words=words)
    unwanted = document.between(place, place + 1, "command.hours_unwanted")
    return Intent("question", words=words) if unwanted else None


def _closes_part(document: Document, place: int) -> bool:
    """Whether nothing but courtesy follows in the part of the sentence that ends before a token."""
    tokens = document.tokens
    rest = document.keep(place, len(tokens))
    return rest.only(*_POLITE) or tokens[place].part != tokens[place - 1].part


def _shouted(document: Document, word: Mark) -> bool:
    """STOP in capitals at either end of a text that is not all in capitals."""
    at_an_end = word.start == 0 or word.end == len(document.tokens)
    return (
        at_an_end and document.quote(word.start, word.end) == "STOP" and not document.raw.isupper()
    )


def _of_a_habit(document: Document, word: Mark) -> bool:
    """ "STOP worrying about me", "STOP taking iron?": what should stop is named, and is no text."""
    return any(
        document.words[other.end - 1].endswith("ing")
        for other in document.between(word.start, word.start + 1, "command.not_stop")
    )


def _after_so_long(document: Document, lexicon: Lexicon, word: Mark) -> bool:
    """STOP first, then for how long it has been: "stop after 3 weeks of hell", not "had to stop after 2 days"."""
    first = document.keep(0, word.start).only(*_POLITE)
    told = (
        document.words[word.start] in _TO_STOP and document.words[word.end : word.end + 1] in _AFTER
    )
    return first and told and bool(length_told(document, lexicon, word.end))


def _behind_a_death(document: Document, word: Mark) -> bool:
    """STOP as the last word behind news of a death, whoever died: "my mom died so stop"."""
    rest = document.keep(word.end, len(document.tokens))
    deaths = [mark for mark in document.all(*_DEATHS) if mark.end <= word.start]
    led = document.words[word.start - 1] in _SO_THEN or any(
        mark.end == word.start for mark in deaths
    )
    return bool(deaths) and led and rest.only(*_POLITE)


def _parts_of_courtesy(document: Document) -> set[int]:
    """The parts that hold nothing but courtesy, a plain answer or a lone word to stop."""
    covered: set[int] = set()
    for mark in document.all("command.stop_word", *_ANSWER_WORDS):
        covered.update(range(mark.start, mark.end))
    parts = {token.part for token in document.tokens}
    return parts - {
        token.part
        for place, token in enumerate(document.tokens)
        if place not in covered and not token.is_number
    }


def _topic_near(document: Document, stop_mark: Mark) -> str | None:
    part = document.tokens[stop_mark.start].part
    for topic in TOPICS:
        for mark in document.all(f"topic.{topic}"):
            same_part = document.tokens[mark.start].part == part
            if same_part and stop_mark.start < mark.end <= stop_mark.end + _TOPIC_REACH:
                return topic
    return None


def resume(document: Document) -> Intent | None:
    """RESUME in a pause, though a question is open: the word with nothing beside it but courtesy."""
    marks = document.all("command.resume")
    if marks and document.only("command.resume", *_ANSWER_WORDS):
        return Intent("resume", words=document.quote(marks[0].start, marks[0].end))
    return None


def own_week(document: Document) -> Intent | None:
    """The patient's own week in figures, wanted or not: the words with nothing beside them but courtesy."""
    for name, value in (("week_unwanted", "no"), ("week_wanted", "yes")):
        if document.has(f"command.{name}") and document.only(f"command.{name}", *_POLITE):
            return Intent("own_week", value, document.raw.strip())
    return None


def start(document: Document, state: str) -> Intent | None:
    """START after an opt-out, RESUME after a pause, or either word sent unasked."""
    names = {"opted_out": ("start",), "paused": ("resume",)}.get(state, ("start", "resume"))
    for name in names:
        for mark in document.all(f"command.{name}"):
            alone = document.only(f"command.{name}", *_ANSWER_WORDS, "command.resume")
            if alone or (state in {"opted_out", "paused"} and mark.end - mark.start > 1):
                return Intent(name, words=document.quote(mark.start, mark.end))
    # After an opt-out a bare yes is no new consent: it may answer a question asked before.
    if state == "paused" and document.has("yes") and not document.has("no"):
        return Intent(names[0], words=document.raw.strip(), confidence=0.8)
    return None


def emergency(document: Document) -> Intent | None:
    """A bare cry for help that names no danger, "911", "emergencia": help, whatever is open.

    No red flag says what it may be; the answer to help names the emergency number.
    """
    alone = document.only("command.emergency", "command.help", "command.courtesy", "yes")
    if alone and document.has("command.emergency"):
        return Intent("help", words=document.raw.strip())
    return None


def help_alone(document: Document) -> Intent | None:
    """HELP with nothing beside it but courtesy."""
    alone = document.has("command.help") and document.only("command.help", *_ANSWER_WORDS)
    return Intent("help", words=document.raw.strip()) if alone else None


def other_commands(document: Document, lexicon: Lexicon, kind: str) -> list[Intent]:
    """Help, language and the hour of sending."""
    asked = help_alone(document)
    found = [asked] if asked else []
    spoken = language(document)
    if spoken and not found:
        found.append(spoken)
    preferred = time_pref(document, lexicon, kind)
    return [*found, preferred] if preferred else found


def language(document: Document) -> Intent | None:
    """The language the patient asks for or says to speak."""
    for name, code in (("spanish", "es"), ("english", "en")):
        for mark in document.all(f"command.{name}"):
            return Intent("language", code, document.quote(mark.start, mark.end))
    return None


def language_alone(document: Document) -> Intent | None:
    """The language where the text says nothing else: the no of "no hablo ingles" answers no question."""
    if not document.only("command.spanish", "command.english", "command.courtesy"):
        return None
    return language(document)


def time_pref(document: Document, lexicon: Lexicon, kind: str) -> Intent | None:
    """The hour the patient wants texts at. One reminder at an hour, where a goal is asked, is not."""
    marks = document.all("command.time_pref")
    once = kind in YES_NO_GOALS and (document.has("yet") or document.has("command.once_only"))
    if not marks or once:
        return None
    for clock in clocks(document, lexicon):
        at = sending_hour(clock)
        if at:
            return Intent("time_pref", at, document.quote(marks[0].start, clock.end))
    return None
