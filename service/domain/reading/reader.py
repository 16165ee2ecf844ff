"""One text, read: machine-made? red flag, stop, correction, answers, commands, question, unknown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time

from service.domain.reading import commands, goals, lexicon, machine_made, news, scores, screens
from service.domain.reading.clock_answers import (
    bedtime,
    bedtime_command,
    bedtime_told,
    onset,
    onset_told,
)
from service.domain.reading.corrections import correction
from service.domain.reading.document import Document, parse
from service.domain.reading.labels import (
    RULE_VERSION,
    SCREENS,
    STATES,
    YES_NO_GOALS,
    Intent,
    Reading,
    answer_type,
)
from service.domain.reading.lexicon import Lexicon
from service.domain.reading.normalise import normalise
from service.domain.reading.red_flags import RedFlag, red_flag

_BY_NUMBER = {
    "symptom_0_10": scores.symptom,
    "weekly_3": scores.weekly,
    "nights_0_7": scores.nights,
}
_UNASKED = "none"


@dataclass(frozen=True, slots=True)
class Request:
    """A text and what was open when it came, newest first. `usual`: the bedtime on file."""

    document: Document
    lexicon: Lexicon
    kinds: tuple[str, ...]
    usual: time | None
    unspelled: str

    @property
    def newest(self) -> str:
        """The newest open question, or the state."""
        return self.kinds[0]

    @property
    def asked(self) -> bool:
        """Whether any question is open."""
        return any(kind not in STATES for kind in self.kinds)


def read(text: str, open_kinds: Sequence[str], *, bedtime: time | None = None) -> Reading:
    """What a patient's text says, given the open kinds of question or state, newest first.

    `bedtime` is the patient's usual one (wall clock). Pure and deterministic; time grows with the
    length of the text, of which the first 1,600 characters are read. Never raises.
    """
    words = lexicon.load()
    kinds = tuple(dict.fromkeys(open_kinds)) or (_UNASKED,)
    fond = machine_made.reaction(text)
    document = parse(machine_made.own_words(text), words)
    if fond is not None:
        thanked = fond and all(kind in {"tip", "none"} for kind in kinds)
        return _reading([Intent("thanks" if thanked else "unknown")], machine=True)
    if not document.tokens:
        return _reading([Intent("unknown")])
    request = Request(document, words, kinds, bedtime, normalise(text).text.strip(" .!\n"))
    flag = red_flag(document, urges_asked="urges_yn" in kinds)
    if flag is None and machine_made.is_automatic(document):
        return _reading([Intent("unknown")], machine=True)
    return _reading(_flagged(request, flag) if flag else _unflagged(request))


def _reading(intents: list[Intent], *, machine: bool = False) -> Reading:
    return Reading(tuple(dict.fromkeys(intents)), RULE_VERSION, machine)


def _flagged(request: Request, flag: RedFlag) -> list[Intent]:
    """The flag first, then a stop and what was answered beside it."""
    document = request.document
    words = document.quote(flag.mark.start, flag.mark.end)
    found = [Intent("red_flag", flag.name, words)]
    stop = commands.stop(document, request.lexicon, request.unspelled)
    if stop and stop.name == "stop":
        found.append(stop)
    answers = [a for a in _answers(request) if a.name not in {"unknown", "later", "side_effect"}]
    if flag.name == "overdose":
        answers = [a for a in answers if not a.name.startswith("adherence")]
    else:
        answers = [a for a in answers if _beside(document, flag, a)]
    found += answers
    if flag.by_proxy:
        found.append(Intent("wrong_party", "proxy", document.raw.strip(), 0.8))
    return found


def _beside(document: Document, flag: RedFlag, answer: Intent) -> bool:
    """Whether an answer stands on words of its own, not on those of the flag."""
    if not answer.words:
        return False
    if answer.name == "adherence_no" and answer.value in {"no:unwell", "no:side_effect"}:
        return False
    flagged = document.quote(flag.mark.start, flag.mark.end)
    return answer.words not in flagged and answer.words != document.raw.strip()


def _unflagged(request: Request) -> list[Intent]:
    document = request.document
    if request.newest == "consent":
        return _consent(request)
    stop = commands.stop(document, request.lexicon, request.unspelled)
    if stop and stop.name != "stop":
        return [stop]
    found = [stop] if stop else []
    party = news.wrong_party(document)
    if party:
        return [*found, party]
    repaired = correction(document, request.lexicon, request.kinds, request.usual)
    if repaired:
        return [*found, replace(repaired, kind=None)]
    pause = commands.pause(document, request.lexicon, asked=request.asked)
    if pause:
        return [*found, pause]
    command = _whatever_is_open(request)
    if command:
        return [*found, command]
    answers = _answers(request)
    sure = [answer for answer in answers if answer.name != "unknown"]
    if stop:
        return [*found, *(answer for answer in sure if answer.words not in stop.words)]
    return _complete(request, sure, answers)


def _whatever_is_open(request: Request) -> Intent | None:
    """A command that keeps its meaning beside any open question: resume, a new bedtime."""
    resumed = commands.resume(request.document) if "paused" in request.kinds else None
    if resumed:
        return resumed
    moved = bedtime_command(request.document, request.lexicon, request.usual)
    return replace(moved, kind="bedtime_ask") if moved and "bedtime_ask" in request.kinds else moved


def _complete(request: Request, sure: list[Intent], answers: list[Intent]) -> list[Intent]:
    """The answers with what else was said; commands and thanks where nothing was answered."""
    document = request.document
    found = list(sure)
    if not sure:
        found = _told(request)
    command = [] if sure else _commands(request)
    if command:
        return command
    asked = news.question(document)
    if asked and not any(intent.name == "later" for intent in found):
        found.append(asked)
    relative = news.proxy(document) if found else None
    if relative and all(intent.name != "question" for intent in found):
        found.append(relative)
    if found:
        return found
    grateful = None if request.asked else news.thanks(document)
    if grateful:
        return [grateful]
    return answers[:1] or [Intent("unknown", words=document.raw.strip())]


def _commands(request: Request) -> list[Intent]:
    start = None if request.asked else commands.start(request.document, request.newest)
    if start:
        return [start]
    return commands.other_commands(request.document, request.lexicon, request.newest)


def _consent(request: Request) -> list[Intent]:
    """The invitation: join, refuse, or still undecided."""
    document = request.document
    party = news.wrong_party(document)
    if party:
        return [party]
    stop = commands.stop(document, request.lexicon, request.unspelled)
    command = commands.other_commands(document, request.lexicon, "consent")
    if stop is None and command:
        return command
    asked = news.question(document)
    agreed = document.has("yes", "command.consent_yes") and not document.has("command.undecided")
    refused = document.has("command.consent_no") and not document.has("command.undecided")
    words = document.raw.strip()
    if stop or (refused and not (agreed and document.has("soft_no"))):
        return [Intent("stop", words=words, kind="consent")]
    if agreed:
        joined = [Intent("start", words=words, kind="consent")]
        return [*joined, asked] if asked else joined
    return [asked] if asked else [Intent("unknown", words=words, kind="consent")]


def _answers(request: Request) -> list[Intent]:
    """The answers to the open questions, one a type, the newest first; unknowns kept for a reason."""
    found: list[Intent] = []
    types: set[str] = set()
    number_taken = False
    for kind in _named_first(request):
        if kind in STATES or kind == "consent" or answer_type(kind) in types:
            continue
        if kind == "gate" and any(answer.name != "unknown" for answer in found):
            continue
        by_number = answer_type(kind) not in {"yes/no", "gate"}
        if by_number and number_taken:
            continue
        answers = [replace(answer, kind=kind) for answer in _answer(request, kind)]
        known = any(answer.name != "unknown" for answer in answers)
        if kind == "gate" and known:
            return answers
        number_taken |= by_number and known
        if known:
            types.add(answer_type(kind))
        found += answers
    return [*found, *_unasked(request, found)]


def _named_first(request: Request) -> list[str]:
    """The open kinds, newest first, but goals that the text names before those it does not."""
    named = {
        kind
        for kind in request.kinds
        if kind in YES_NO_GOALS and request.document.has(f"topic.{kind.removesuffix('_yn')}")
    }
    if not named:
        return list(request.kinds)
    return sorted(request.kinds, key=lambda kind: kind in YES_NO_GOALS and kind not in named)


def _answer(request: Request, kind: str) -> list[Intent]:
    document, words = request.document, request.lexicon
    answer: Intent | None
    if kind in YES_NO_GOALS:
        answers = goals.goal(document.statements(), kind, words)
        if answers and answers[0].name.startswith("adherence"):
            tags = goals.side_effects(document, kind.removesuffix("_yn"))
            answers += [Intent("side_effect", tag, document.raw.strip(), 0.8) for tag in tags]
        return answers
    if kind in SCREENS:
        return screens.screen(document.statements(), kind)
    if kind == "gate":
        return _gate(document)
    if kind == "bedtime_ask":
        answer = bedtime(document, words, request.usual)
    elif kind == "onset_time":
        answer = onset(document, words)
    else:
        answer = _BY_NUMBER[kind](document, words)
    if document.has("yet") and (answer is None or answer.name == "unknown"):
        answer = Intent("later", words=document.raw.strip())
    return [answer] if answer else []


def _gate(document: Document) -> list[Intent]:
    if document.only("command.ready", "command.courtesy", "acknowledge", "yes"):
        return [Intent("ready", words=document.raw.strip())]
    if document.has("yet", "not_yet"):
        return [Intent("later", words=document.raw.strip())]
    return []


def _unasked(request: Request, found: list[Intent]) -> list[Intent]:
    """Answers that name their measure though another question is open."""
    document, words = request.document, request.lexicon
    names = {intent.name for intent in found if intent.name != "unknown"}
    extra: list[Intent | None] = []
    if "onset_time" not in names and "bedtime_change" not in names:
        extra.append(onset_told(document, words))
    goal_answered = any(name.startswith("adherence") for name in names)
    named = document.has("topic.iron") and document.has("did.iron", "did_not.iron")
    if named and not goal_answered and not document.has("question") and "screen_yes" not in names:
        extra += goals.goal(document, "iron_yn", words)
    # The drinks question itself asks about last night.
    other_night = request.newest in YES_NO_GOALS and request.newest != "alcohol_yn"
    if other_night and goal_answered and document.has("last_night"):
        extra.append(scores.symptom(document, words))
    return [e for e in extra if e and e.name not in names | {"unknown", "med_change"}]


def _told(request: Request) -> list[Intent]:
    """News where nothing was answered: a new bedtime, a side effect, a medicine."""
    document = request.document
    moved = bedtime_told(document, request.lexicon, request.usual)
    if moved and not document.has("command.time_pref"):
        return [moved]
    hears = request.newest in {*STATES, *YES_NO_GOALS, "symptom_0_10"}
    found = news.felt(document) if hears else []
    changed = news.medicine(document)
    if changed and request.newest in {"none", "tip", "paused"}:
        found.append(changed)
    return found
