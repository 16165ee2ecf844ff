"""One text, read: machine-made? red flag, stop, correction, answers, commands, question, unknown."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from schedules.own_questions import OWN, OwnQuestion
from service.domain.reading import commands, lexicon, machine_made, news, scores
from service.domain.reading.clock_answers import bedtime_command, bedtime_told
from service.domain.reading.corrections import correction
from service.domain.reading.document import Document, parse
from service.domain.reading.invitation import invited
from service.domain.reading.labels import (
    NOT_OF_THE_LEGS,
    NUMBER_KINDS,
    RULE_VERSION,
    SCREENS,
    STATES,
    YES_NO_GOALS,
    Intent,
    Reading,
)
from service.domain.reading.later import postponed
from service.domain.reading.lexicon import Lexicon
from service.domain.reading.open_questions import answered
from service.domain.reading.own_answers import own_answer
from service.domain.reading.own_commands import own_command
from service.domain.reading.pauses import pause as pause_asked
from service.domain.reading.red_flags import RedFlag, red_flag
from service.domain.reading.request import Request
from service.domain.reading.signed import is_command, nothing_in, unsigned, without_own_name

_UNASKED = "none"
_BY_NUMBER = frozenset(
    {"symptom_score", "weekly_scores", "nights_count", "onset_time", "bedtime_change"}
)


def read(
    text: str,
    open_kinds: Sequence[str],
    *,
    bedtime: time | None = None,
    own: OwnQuestion | None = None,
    names: Sequence[str] = (),
) -> Reading:
    """What a patient's text says, given the open kinds of question or state, newest first.

    `bedtime` is the patient's usual one (wall clock), `own` the clinic's own question that is open, `names` those of
    who may have written it. Pure and deterministic; time grows with the length of the text, of which the first 1,600
    characters are read. Never raises.
    """
    words = lexicon.load()
    kinds = tuple(dict.fromkeys(open_kinds)) or (_UNASKED,)
    reading = _read_whole(text, words, kinds, bedtime, own)
    inner = words.framing.inner(text)
    by_name = without_own_name(inner, names)
    said = by_name or (unsigned(inner, words) if nothing_in(reading) else None)
    command = _read_whole(said, words, kinds, bedtime, own) if said else reading
    return command if is_command(command, reading, by_name=by_name is not None) else reading


def _read_whole(
    text: str,
    words: Lexicon,
    kinds: tuple[str, ...],
    bedtime: time | None,
    own: OwnQuestion | None,
) -> Reading:
    fond = machine_made.reaction(text)
    whole = parse(machine_made.own_words(text), words)
    if fond is not None:
        thanked = fond and all(kind in {"tip", "none"} for kind in kinds)
        return _reading([Intent("thanks" if thanked else "unknown")], machine=True)
    if not whole.tokens:
        return _reading([Intent("unknown")])
    reading = _read(Request(whole, words, kinds, bedtime, own), whole)
    inner = words.framing.inner(whole.raw)
    if inner == whole.raw.strip():
        return reading
    bare = _read(Request(parse(inner, words), words, kinds, bedtime, own), whole)
    nothing = [(one.name, one.value) for one in bare.intents] == [("unknown", "")]
    return reading if nothing or _urgent(reading) - _urgent(bare) else bare


def _urgent(reading: Reading) -> set[str]:
    """What must not be lost with a courtesy."""
    return {one.name for one in reading.intents} & {"red_flag", "stop"}


def _read(request: Request, whole: Document) -> Reading:
    """The request's text; `whole` has the greeting and thanks that it may have come with."""
    if not request.document.tokens:
        return _reading([Intent("unknown")])
    flag = red_flag(request.document, request.kinds)
    if flag is None and machine_made.is_automatic(whole):
        return _reading([Intent("unknown")], machine=True)
    return _reading(_flagged(request, flag) if flag else _unflagged(request))


def _reading(intents: list[Intent], *, machine: bool = False) -> Reading:
    return Reading(tuple(dict.fromkeys(intents)), RULE_VERSION, machine)


def _flagged(request: Request, flag: RedFlag) -> list[Intent]:
    """The flag first, then a stop and what was answered beside it."""
    document = request.document
    words = document.quote(flag.mark.start, flag.mark.end)
    found = [Intent("red_flag", flag.name, words)]
    stop = commands.stop(document, request.lexicon)
    if stop and stop.name == "stop":
        found.append(stop)
    found += _answers_beside(request, flag)
    asked = news.question(document.keep(flag.mark.end, len(document.tokens)))
    if asked:
        found.append(asked)
    if flag.by_proxy:
        found.append(Intent("wrong_party", "proxy", document.raw.strip(), 0.8))
    return found


def _answers_beside(request: Request, flag: RedFlag) -> list[Intent]:
    """What was answered beside a flag: in the whole text, or in numbers around the flag."""
    document = request.document
    answers = _sure(request)
    if flag.name == "overdose":
        answers = [a for a in answers if not a.name.startswith("adherence")]
    else:
        # "Ate some of my pills": the part is the child's.
        childs = "adherence_partial" if flag.name == "child_ingestion" else ""
        answers = [a for a in answers if _beside(document, flag, a) and a.name != childs]
    if answers:
        return answers
    around = (document.keep(0, flag.mark.start), document.keep(flag.mark.end, len(document.tokens)))
    found = [a for part in around if part.tokens for a in _sure(replace(request, document=part))]
    return [answer for answer in found if answer.name in _BY_NUMBER][:1]


def _sure(request: Request) -> list[Intent]:
    return [a for a in answered(request) if a.name not in {"unknown", "later", "side_effect"}]


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
        party = _wrong_party(request)
        return [party] if party else invited(request)
    week = commands.own_week(document)
    if week:
        return [week]
    if request.newest == OWN and request.own and request.own.type == "text":
        return _in_own_words(request, request.own)
    stop = commands.stop(document, request.lexicon)
    if stop and stop.name != "stop":
        return [*_before(request, stop), stop]
    found = [stop] if stop else []
    party = _wrong_party(request)
    if party:
        return [*found, party]
    repaired = correction(document, request.lexicon, request.kinds, request.usual)
    if repaired:
        return [*found, replace(repaired, kind=None)]
    pause = None if stop else pause_asked(document, request.lexicon, asked=request.asked)
    if pause:
        return [*found, *_before(request, pause), pause]
    hours = None if stop else commands.hours_wished(document, request.lexicon)
    if hours:
        return [*_ahead(request, hours), hours]
    command = _whatever_is_open(request)
    if command:
        return [*found, command]
    answers = answered(request)
    sure = [answer for answer in answers if answer.name != "unknown"]
    if stop:
        return [*found, *(answer for answer in sure if answer.words not in stop.words)]
    return _complete(request, sure, answers)


def _before(request: Request, command: Intent) -> list[Intent]:
    """A number that answers, told before a command: "4 pause 3"."""
    return [answer for answer in _ahead(request, command) if answer.name in _BY_NUMBER]


def _ahead(request: Request, command: Intent) -> list[Intent]:
    """What was answered before a command: "yes but dont text me after 9pm"."""
    place = request.document.raw.find(command.words)
    ahead = sum(token.end <= place for token in request.document.tokens)
    return _sure(replace(request, document=request.document.keep(0, ahead))) if ahead > 0 else []


def _in_own_words(request: Request, asked: OwnQuestion) -> list[Intent]:
    """Free text is kept and not interpreted, but for a STOP, another's phone, help and later; its question is heard."""
    document = request.document
    stop = commands.stop(document, request.lexicon)
    if stop and stop.name == "stop":
        return [stop]
    owed = (
        _wrong_party(request),
        commands.emergency(document),
        commands.help_alone(document),
        postponed(document, request.lexicon),
    )
    first = next((intent for intent in owed if intent), None)
    if first:
        return [replace(first, kind=OWN) if first.name == "later" else first]
    answer = own_answer(document, request.lexicon, asked)
    asks = news.question(document)
    return [replace(one, kind=OWN if one is answer else None) for one in (answer, asks) if one]


def _wrong_party(request: Request) -> Intent | None:
    document, words = request.document, request.lexicon
    return news.wrong_party(
        document,
        words,
        number_asked=request.newest in NUMBER_KINDS,
        stops=commands.stop(document, words) is not None,
    )


def _whatever_is_open(request: Request) -> Intent | None:
    """A command that keeps its meaning beside any open question: help, resume, a bedtime, and the like."""
    always = (
        commands.emergency(request.document)
        or commands.language_alone(request.document)
        or own_command(request.document, request.lexicon, request.newest, asked=request.asked)
    )
    if always:
        return always
    resumed = commands.resume(request.document) if "paused" in request.kinds else None
    if resumed:
        return resumed
    moved = bedtime_command(request.document, request.lexicon, request.usual, asked=request.asked)
    return replace(moved, kind="bedtime_ask") if moved and "bedtime_ask" in request.kinds else moved


def _complete(request: Request, sure: list[Intent], answers: list[Intent]) -> list[Intent]:
    """The answers with what else was said; commands and thanks where nothing was answered."""
    document = request.document
    found = list(sure)
    if not sure:
        score = scores.unasked(document, request.lexicon)
        found = [score] if score else _told(request)
    elif document.has("bed.for_good"):
        moved = bedtime_told(document, request.lexicon, request.usual)
        found += [moved] if moved and all(one.name != moved.name for one in sure) else []
    command = [] if sure else _commands(request)
    if command:
        return command
    if any(one.name == "symptom_score" for one in sure):
        found += [one for one in news.felt(document) if one.value in NOT_OF_THE_LEGS]
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


def _told(request: Request) -> list[Intent]:
    """News where nothing was answered: a new bedtime, a side effect, a medicine."""
    document = request.document
    moved = bedtime_told(document, request.lexicon, request.usual)
    if moved and not document.has("command.time_pref"):
        return [moved]
    hears = request.newest in {*STATES, *YES_NO_GOALS, "symptom_0_10"}
    found = news.felt(document) if hears else []
    changed = news.medicine(document)
    # "Zoloft" answers no question of ours but those about medicines.
    named = document.only("medicine.started", "medicine.teller", "command.courtesy")
    unasked = named and request.newest not in SCREENS
    if changed and (unasked or request.newest in {"none", "tip", "paused"}):
        found.append(changed)
    return found
