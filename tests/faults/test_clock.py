"""A machine whose clock is set wrong and right again while it serves: planning waits, and nothing leaves meanwhile."""

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from service.clock import Clock
from tests.faults.history import Outside, read, rows_of
from tests.faults.invariants import faults
from tests.faults.scene import Processes, environment, free_port, patients_at_noon
from tests.twilio_stub import TwilioStub, twilio_stub
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif("FAULT_RUNS" not in os.environ, reason="make faults runs it")

TEXTS, SERVES, HELD, GOES_ON = 5, "Evenfall is at", "planning held", "planning goes on"
# Several ticks of two seconds: what a wrong clock would send has gone by then.
A_WHILE_S, SOON, PATIENCE_S = 7, timedelta(seconds=25), 100
ASK = "import time; print(time.time(), time.clock_gettime(time.CLOCK_BOOTTIME))"


@dataclass(frozen=True, slots=True)
class Scene:
    """A service whose wall clock can be set: what it says, the provider, and the slots that must come to be."""

    url: str
    log: Path
    offset: Path
    provider: TwilioStub
    wanted: list[str]

    def set_clock(self, offset: str) -> None:
        """Set the service's wall clock so far from the real one; no other clock moves."""
        self.offset.write_text(offset)

    def has_said(self, words: str, times: int = 1) -> bool:
        return self.log.read_text().count(words) == times

    def states(self) -> list[str]:
        return [row["state"] for row in rows_of(self.url)]

    def halts(self) -> list[str]:
        """The causes of all halts there ever were."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            causes = [row[0] for row in connection.execute(text("SELECT cause FROM halt"))]
        engine.dispose()
        return causes


def test_a_clock_two_hours_ahead_floods_nobody_and_set_right_sends_on_time(
    sqlite_url: str, tmp_path: Path
) -> None:
    due = (Clock().now() + SOON).replace(second=0, microsecond=0) + timedelta(minutes=1)
    with serving(sqlite_url, tmp_path, due - Clock().now()) as scene:
        scene.set_clock("+2h")
        wait_until(lambda: scene.has_said(HELD))
        time.sleep(A_WHILE_S)
        assert scene.provider.taken == []
        scene.set_clock("+0")
        wait_until(lambda: scene.has_said(GOES_ON))
        wait_until(lambda: len(scene.provider.taken) == TEXTS, PATIENCE_S)
        assert Clock().now() >= due
    agrees(scene)


def test_a_clock_set_back_across_a_slot_repeats_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with serving(sqlite_url, tmp_path, timedelta(minutes=-5)) as scene:
        wait_until(lambda: scene.states() == ["accepted"] * TEXTS)
        scene.set_clock("-10m")
        wait_until(lambda: scene.has_said(HELD))
        time.sleep(A_WHILE_S)
        scene.set_clock("+0")
        wait_until(lambda: scene.has_said(GOES_ON))
        time.sleep(A_WHILE_S)
        assert len(scene.provider.taken) == TEXTS
    agrees(scene)


def agrees(scene: Scene) -> None:
    """Nothing twice, nothing lost, and one alert."""
    assert faults(read(scene.url), Outside(scene.provider.taken, scene.wanted)) == []
    assert scene.halts() == ["clock"]
    assert scene.has_said(HELD)


@contextmanager
def serving(url: str, folder: Path, due_in: timedelta) -> Iterator[Scene]:
    """A service at work, whose clock is right as yet and can be set, with texts due in so long."""
    library = setter_of_clocks(folder)
    keys, log, offset = folder / "keys.json", folder / "log.txt", folder / "offset"
    wanted = patients_at_noon(url, keys, TEXTS, due_in)
    address = f"127.0.0.1:{free_port()}"
    with twilio_stub() as provider, log.open("w") as out:
        more = {"BIND": address, "PUBLIC_URL": f"http://{address}"}
        settings = environment(url, keys, provider.url, **more) | faked(library, offset)
        processes = Processes(settings, out)
        scene = Scene(url, log, offset, provider, wanted)
        scene.set_clock("+0")
        processes.start("serve", "serve")
        try:
            wait_until(lambda: scene.has_said(SERVES))
            yield scene
        finally:
            codes = processes.stop()
        assert codes == {"serve": 0}, log.read_text()[-3000:]


def faked(library: Path, offset: Path) -> dict[str, str]:
    """The environment of a process whose wall clock, and no other, is off by what the file says at each look."""
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def setter_of_clocks(folder: Path) -> Path:
    """The library that sets a process's wall clock; the test is skipped where there is none that works."""
    found = importlib.util.find_spec("libfaketime")
    if found is None or found.origin is None:
        pytest.skip("libfaketime is not installed: it sets the clock of a whole process")
    library = Path(found.origin).parent / "vendor/libfaketime/src/libfaketime.so.1"
    offset = folder / "two_hours"
    offset.write_text("+2h")
    asked = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-c", ASK], env=faked(library, offset), capture_output=True, check=True
    )
    wall, steady = map(float, asked.stdout.split())
    is_set = abs(wall - Clock().wall().timestamp() - 7200) < 60
    if not is_set or abs(steady - Clock().steady()) > 60:
        pytest.skip("libfaketime does not set the wall clock alone on this machine")
    return library
