"""Writing together: what comes meanwhile is one transaction, and nobody's fault is anybody else's."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from service.entry.web.together import Together
from service.store.session import StoreBusyError
from tests.waiting import wait_until


@dataclass
class Disk:
    """Takes its time over the first write, and refuses what it is told to refuse."""

    may_go_on: threading.Event = field(default_factory=threading.Event)
    refuses: Callable[[Sequence[str]], Exception | None] = lambda _: None
    begun: list[list[str]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def write(self, items: Sequence[str]) -> None:
        self.begun.append(list(items))
        assert self.may_go_on.wait(10)
        if fault := self.refuses(items):
            raise fault
        self.written += items


def all_at_once(disk: Disk, first: str, *others: str) -> dict[str, BaseException | None]:
    """What became of each: the others come while the first is being written."""
    together = Together(disk.write)
    with ThreadPoolExecutor(1 + len(others)) as threads:
        asked: dict[str, Future[None]] = {first: threads.submit(together.write, first)}
        wait_until(lambda: disk.begun == [[first]])
        for number, other in enumerate(others, 1):
            asked[other] = threads.submit(together.write, other)
            wait_until(lambda number=number: len(together._waiting) == number)
        disk.may_go_on.set()
        return {item: future.exception(10) for item, future in asked.items()}


def test_what_comes_during_one_transaction_is_written_in_the_next() -> None:
    disk = Disk()
    fates = all_at_once(disk, "a", "b", "c", "d")
    assert disk.begun == [["a"], ["b", "c", "d"]]
    assert disk.written == ["a", "b", "c", "d"]
    assert set(fates.values()) == {None}


def test_one_that_cannot_be_written_is_no_fault_of_the_others() -> None:
    disk = Disk(refuses=lambda items: ValueError("c") if "c" in items else None)
    fates = all_at_once(disk, "a", "b", "c", "d")
    assert isinstance(fates.pop("c"), ValueError)
    assert set(fates.values()) == {None}
    assert sorted(disk.written) == ["a", "b", "d"]


def test_nobody_waits_twice_for_a_busy_database() -> None:
    disk = Disk(refuses=lambda items: StoreBusyError("busy") if "b" in items else None)
    fates = all_at_once(disk, "a", "b", "c")
    assert fates.pop("a") is None
    assert {type(fate) for fate in fates.values()} == {StoreBusyError}
    assert disk.begun == [["a"], ["b", "c"]]


def test_a_fault_alone_is_raised_to_who_wrote() -> None:
    disk = Disk(refuses=lambda _: ValueError("a"))
    disk.may_go_on.set()
    with pytest.raises(ValueError, match="a"):
        Together(disk.write).write("a")
