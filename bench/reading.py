"""How long it takes to read one reply, and how many labelled replies are read as a person read them."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

from service.domain.reading import Reading, read
from tests.labelled_replies import DATA, Case, cases, expected, found

MOST_MS = 0.5
RED_FLAG, OPT_OUT = "red_flag", "stop"

Read = tuple[Case, Reading]


def figures() -> Iterator[dict[str, Any]]:
    """The time over all sets together, the accuracy on each."""
    names = sorted(path.name for path in DATA.glob("replies-*.tsv"))
    sets = {name: cases(name) for name in names}
    yield _speed([case for of_set in sets.values() for case in of_set])
    for name, of_set in sets.items():
        yield _accuracy(name, [(case, read(case.reply, [case.kind])) for case in of_set])


def _speed(every: Sequence[Case]) -> dict[str, Any]:
    took = []
    for case in every:
        begin = time.perf_counter()
        read(case.reply, [case.kind])
        took.append((time.perf_counter() - begin) * 1000)
    return {
        "figure": f"reading one reply, median of {len(took)}, ms",
        "value": round(median(took), 3),
        "limit": MOST_MS,
        "met": median(took) < MOST_MS,
        "slowest_ms": round(max(took), 2),
    }


def _accuracy(name: str, every: Sequence[Read]) -> dict[str, Any]:
    """Shares of the set; each reply whose intents or values differ from its labels is listed."""
    by_intent = [(case, reading) for case, reading in every if _primary(reading) == case.intents[0]]
    valued = [(case, reading) for case, reading in by_intent if expected(case)[0][1]]
    missed = [one for one in every if sorted(expected(one[0])) != sorted(found(one[1]))]
    return {
        "figure": f"accuracy on {name}",
        "primary_intent": _share(every, lambda case, reading: _primary(reading) == case.intents[0]),
        "value": _share(valued, lambda case, reading: expected(case)[0] == found(reading)[0]),
        "red_flag_recall": _recall(every, RED_FLAG),
        "opt_out_recall": _recall(every, OPT_OUT),
        "false_red_flags": _false(every, RED_FLAG),
        "false_opt_outs": _false(every, OPT_OUT),
        "per_intent": _per_intent(every),
        "misses": [
            f"{case.kind}: {case.reply!r} is {expected(case)}, read {found(reading)}"
            for case, reading in missed
        ],
    }


def _primary(reading: Reading) -> str:
    return reading.intents[0].name


def _names(reading: Reading) -> set[str]:
    return {intent.name for intent in reading.intents}


def _share(some: Sequence[Read], is_right: Callable[[Case, Reading], bool]) -> str:
    return f"{sum(is_right(case, reading) for case, reading in some)}/{len(some)}"


def _recall(every: Sequence[Read], intent: str) -> str:
    labelled = [one for one in every if intent in one[0].intents]
    return _share(labelled, lambda _, reading: intent in _names(reading))


def _false(every: Sequence[Read], intent: str) -> int:
    return sum(intent in _names(reading) and intent not in case.intents for case, reading in every)


def _per_intent(every: Sequence[Read]) -> dict[str, str]:
    """Of the replies labelled with each primary intent, how many were given it."""
    labelled = Counter(case.intents[0] for case, _ in every)
    right = Counter(case.intents[0] for case, read in every if _primary(read) == case.intents[0])
    return {intent: f"{right[intent]}/{count}" for intent, count in sorted(labelled.items())}
