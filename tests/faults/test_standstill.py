"""A service that is stopped and goes on, and one whose disk is full for a while: nothing twice, late or lost."""

import os
import signal
import time
from pathlib import Path
from random import Random

import pytest

from service.synthetic.clinic import CLINIC
from tests.faults.carrier import Letter
from tests.faults.history import read
from tests.faults.story import Story, story
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif("FAULT_RUNS" not in os.environ, reason="make faults runs it")

STOPPED_S, WELL_UNDER_WAY, OFTEN_ENOUGH, BUSY = 8, 5, 30, 503
STRANGER, LONG, MANY = "+19025559999", 1500, 20


def test_a_process_that_is_stopped_goes_on_where_it_was(sqlite_url: str, tmp_path: Path) -> None:
    with story(sqlite_url, tmp_path, Random(1)) as told:  # noqa: S311 (no secret)
        life = told.live_on()
        wait_until(lambda: len(told.provider.taken) >= WELL_UNDER_WAY)
        assert life.pid is not None
        os.kill(life.pid, signal.SIGSTOP)
        # What patients write meanwhile waits at the door, and is posted again when nobody opens.
        told.carrier.add(told.written)
        time.sleep(STOPPED_S)
        before = len(told.provider.taken)
        os.kill(life.pid, signal.SIGCONT)
        found = told.ends_well(life)
        assert found == [], told.log.read_text()[-3000:]
        assert len(told.provider.taken) > before


def test_a_full_disk_refuses_webhooks_and_loses_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with story(sqlite_url, tmp_path, Random(2)) as told:  # noqa: S311 (no secret)
        life = told.live_on()
        told.full.touch()
        told.carrier.add([*told.written, *long_letters(told)])
        wait_until(lambda: told.carrier.refused[BUSY] >= OFTEN_ENOUGH)
        # What was acknowledged all the same has found room.
        assert len(read(told.url).inbounds) >= len(told.carrier.acknowledged)
        assert "database or disk is full" in told.log.read_text()
        told.full.unlink()
        assert told.ends_well(life) == [], told.log.read_text()[-3000:]


def long_letters(told: Story) -> list[Letter]:
    """What fills the pages that are left: texts of somebody whom nobody knows."""
    form = {"From": STRANGER, "To": CLINIC.sender, "Body": "x" * LONG}
    url = told.written[0].url
    return [Letter(0.0, url, form | {"MessageSid": f"long{number}"}) for number in range(MANY)]
