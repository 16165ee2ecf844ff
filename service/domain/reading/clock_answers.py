"""Answers in clock times: the bedtime, and the hour at which the legs began."""

from dataclasses import replace
from datetime import time

from service.domain.reading.clock import Clock, Part, clocks, hour_24
from service.domain.reading.document import Document, Mark
from service.domain.reading.labels import Intent
from service.domain.reading.lexicon import Lexicon

_HALF_DAY = 12 * 60
_DAY = 2 * _HALF_DAY
_WAKE_REACH = 3
_LAST_AFTERNOON_HOUR = 4
_EARLIEST_BARE = 8
_NIGHTS_MEANT = {
    "always": "always",
    "weekdays": "weekdays",
    "weekend": "weekend",
    "today": "tonight",
}
_ALTERNATIVES = frozenset({"or", "o", "u"})


def bedtime(document: Document, lexicon: Lexicon, usual: time | None) -> Intent | None:
    """The bedtime told. A bare hour is the one nearest to `usual` (wall clock), where given."""
    found = [c for c in clocks(document, lexicon) if not _waking(document, c)]
    words = document.raw.strip()
    if not found:
        unchanged = document.has("unchanged")
        return Intent("unknown", "unchanged", words, 0.8) if unchanged else None
    clock = _meant(document, found)
    if clock is None:
        return Intent("unknown", "ambiguous", words, 0.6)
    at = _nearest(clock, usual) or hour_24(clock, early_is_morning=True)
    if not clock.valid or at is None:
        return Intent("unknown", "invalid_time", words, 0.6)
    night = "@tonight" if document.has("tonight") and not _part_only(document, clock) else ""
    return Intent("bedtime_change", at + night, document.quote(clock.start, clock.end))


def onset(document: Document, lexicon: Lexicon) -> Intent | None:
    """The hour at which the legs began; none, bedtime or all_day in words."""
    words = document.raw.strip()
    found = [c for c in clocks(document, lexicon) if c.part or not _counted(document, c)]
    if not found:
        return _onset_in_words(document)
    began = [c for c in found if _began_near(document, c)]
    clock = _meant(document, began or found)
    if clock is None:
        return Intent("unknown", "ambiguous", words, 0.6)
    if not clock.valid:
        return Intent("unknown", "invalid_time", words, 0.6)
    at = hour_24(_with_day_part(document, clock), early_is_morning=False)
    if at is None:
        return Intent("unknown", "ambiguous", words, 0.6)
    return Intent("onset_time", at, document.quote(clock.start, clock.end))


def _counted(document: Document, clock: Clock) -> bool:
    """ "5 cups of coffee", "took 2 tylenol": a number of something, and no hour."""
    return any(mark.start == clock.start for mark in document.all("count_unit", "spoken_unit"))


def _onset_in_words(document: Document) -> Intent | None:
    for name in ("all_day", "bedtime", "none"):
        for mark in document.all(f"onset.{name}"):
            if not (_unknowing(document, mark) or _of_something_else(document, mark)):
                return Intent("onset_time", name, document.raw.strip())
    return None


def _of_something_else(document: Document, mark: Mark) -> bool:
    """ "Nothing helped", "no hablo", "no, it was awful": one word that denies something else, and not trouble."""
    if mark.concept != "onset.none" or mark.end > mark.start + 1:
        return False
    if document.has("rough_said"):
        return True
    part = document.tokens[mark.start].part
    rest = {place for place, token in enumerate(document.tokens) if token.part == part}
    for other in document.all("onset.none", "onset.none_rest", "command.courtesy"):
        rest.difference_update(range(other.start, other.end))
    return bool(rest)


def _unknowing(document: Document, mark: Mark) -> bool:
    """ "No clue", "no idea": the no denies no trouble."""
    return any(
        other.start <= mark.start and mark.end < other.end
        for other in document.all("maybe", "soft_no")
    )


def onset_told(document: Document, lexicon: Lexicon) -> Intent | None:
    """The onset, unasked: only where the text says that the legs began at that hour."""
    began = document.all("began.now")
    if not began:
        return None
    named = clocks(document, lexicon)
    for clock in sorted(named, key=lambda one: min(abs(one.start - mark.end) for mark in began)):
        if (clock.led or clock.sure) and clock.valid and _began_near(document, clock):
            at = hour_24(_with_day_part(document, clock), early_is_morning=False)
            if at:
                return Intent("onset_time", at, document.quote(clock.start, clock.end), 0.8)
    return None


def onset_named(document: Document, lexicon: Lexicon) -> Intent | None:
    """The onset where a text answers that the legs begin earlier: the first time that can be nothing else.

    "Creeping up round 4 now" is in the afternoon: nobody calls the small hours earlier.
    """
    for clock in clocks(document, lexicon):
        since = clock.led and _began_near(document, clock)
        at = hour_24(clock, early_is_morning=False)
        if since and at is None and clock.hour <= _LAST_AFTERNOON_HOUR:
            at = f"{clock.hour + 12:02}:{clock.minute:02}"
        if (clock.part or since) and clock.valid and at:
            return Intent("onset_time", at, document.quote(clock.start, clock.end), 0.8)
    return None


def bedtime_told(document: Document, lexicon: Lexicon, usual: time | None) -> Intent | None:
    """A new bedtime, unasked: only where the text names the bedtime."""
    if not document.has("bed.moved"):
        return None
    answer = bedtime(document, lexicon, usual)
    return answer if answer and answer.name == "bedtime_change" else None


def bedtime_command(
    document: Document, lexicon: Lexicon, usual: time | None, *, asked: bool
) -> Intent | None:
    """A new bedtime, told as a command with nothing beside it: "bedtime 22:30", "bed 11", "BED weekend 22:30"."""
    marks = document.all("bed.command", "bed.word")
    found = clocks(document, lexicon) if marks else []
    if len(found) != 1:
        return None
    # "Bed 7" may score the evening: where something is asked, the bare word needs a time that is hardly a score.
    told = found[0].sure or not asked or found[0].hour >= _EARLIEST_BARE
    if not any(
        mark.end <= found[0].start and (told or mark.concept == "bed.command") for mark in marks
    ):
        return None
    beside = set(range(len(document.tokens))) - set(range(found[0].start, found[0].end))
    rest = ("bed.command_rest", "command.courtesy", *(f"bed.{name}" for name in _NIGHTS_MEANT))
    for mark in document.all("bed.command", "bed.word", *rest):
        beside.difference_update(range(mark.start, mark.end))
    moved = None if beside else bedtime(document, lexicon, usual)
    if moved is None or moved.name != "bedtime_change" or "@" in moved.value:
        return moved
    for concept, nights in _NIGHTS_MEANT.items():
        if document.has(f"bed.{concept}"):
            return replace(moved, value=f"{moved.value}@{nights}")
    return moved


def _meant(document: Document, found: list[Clock]) -> Clock | None:
    """The one time meant: the only one, the last after a change of mind, the only certain one."""
    if len(found) == 1:
        return found[0]
    first, last = found[0], found[-1]
    if any(first.end <= mark.start < last.start for mark in document.all("last_value")):
        return last
    if _ALTERNATIVES & set(document.words[first.end : last.start]):
        return None
    certain = [clock for clock in found if clock.sure] or [clock for clock in found if clock.led]
    return certain[0] if len(certain) == 1 else None


def _waking(document: Document, clock: Clock) -> bool:
    return any(
        mark.end <= clock.start <= mark.end + _WAKE_REACH
        for mark in document.between(clock.start - 2 * _WAKE_REACH, clock.start, "wake.any")
    )


def _began_near(document: Document, clock: Clock) -> bool:
    return bool(document.in_sentence(clock.start, "began.now"))


def _with_day_part(document: Document, clock: Clock) -> Clock:
    """The time with a part of the day said elsewhere in the text: "in the afternoon, like 3"."""
    if clock.part:
        return clock
    named: tuple[Part, ...] = ("morning", "afternoon", "evening")
    told: list[Part] = [part for part in named if document.has(f"day_part.{part}")]
    part: Part = told[0] if len(told) == 1 else ""
    return Clock(clock.start, clock.end, clock.hour, clock.minute, part, clock.led, clock.sure)


def _part_only(document: Document, clock: Clock) -> bool:
    """Whether "tonight" only closes the time, as a part of the day does."""
    return clock.part == "evening" and document.words[clock.end - 1] != "tonight"


def _nearest(clock: Clock, usual: time | None) -> str | None:
    if usual is None or clock.part or not 1 <= clock.hour <= 12 or not clock.valid:
        return None
    target = usual.hour * 60 + usual.minute
    early = clock.hour % 12 * 60 + clock.minute
    chosen = min(
        (early, early + _HALF_DAY),
        key=lambda m: min((m - target) % _DAY, (target - m) % _DAY),
    )
    return f"{chosen // 60:02}:{chosen % 60:02}"
