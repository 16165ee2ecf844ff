"""Several processes over one PostgreSQL: workers killed at random send nothing twice and lose nothing."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.faults.history import Outside, read, rows_of
from tests.faults.invariants import faults
from tests.faults.scene import Processes, environment, free_port, patients_at_noon
from tests.twilio_stub import Mishap, TwilioStub, twilio_stub
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

TEXTS = int(os.environ.get("FAULT_TEXTS", "300"))
SEED = int(os.environ.get("FAULT_SEED", "0"))
PLACES = os.environ.get("FAULT_PLACES", "8")
WORKERS = ("one", "two")
LEADS = "Keeping time."


def test_workers_killed_at_random_send_nothing_twice_and_lose_nothing(
    postgres_url: str, tmp_path: Path
) -> None:
    chance = random.Random(SEED)  # noqa: S311 (which worker dies when, the same for the same seed)
    keys, log = tmp_path / "keys.json", tmp_path / "log.txt"
    wanted = patients_at_noon(postgres_url, keys, TEXTS)
    pages = f"127.0.0.1:{free_port()}"
    with twilio_stub() as provider, log.open("w") as out:
        provider.mishaps.extend(Mishap(delay_s=chance.uniform(0.05, 0.4)) for _ in range(TEXTS))
        more = {"SEND_CONCURRENCY": PLACES, "BIND": pages, "PUBLIC_URL": f"http://{pages}"}
        processes = Processes(environment(postgres_url, keys, provider.url, **more), out)
        processes.start("web", "web")
        processes.start("clock", "clock")
        wait_until(lambda: log.read_text().count(LEADS) == 1)
        processes.start("standby", "clock")
        for name in WORKERS:
            processes.start(name, "worker")
        try:
            kills = killed_at_random(processes, provider, chance)
            # The standby leads as soon as the clock is gone.
            processes.kill("clock")
            wait_until(lambda: log.read_text().count(LEADS) == 2)
            wait_until(lambda: not waiting(postgres_url), 60)
            told = [provider.tell(message, "delivered") for message in provider.taken[:20]]
        finally:
            codes = processes.stop()
        history = read(postgres_url)
        outside = Outside(provider.taken, wanted)
        assert kills >= 2
        assert faults(history, outside) == [], log.read_text()[-3000:]
        assert set(told) == {204}
        assert sum(row["state"] == "delivered" for row in history.texts) == 20
        # One that was started again just now may not have begun to listen for the signal.
        assert set(codes.values()) <= {0, -signal.SIGTERM}, codes
        assert codes["web"] == codes["standby"] == 0


def killed_at_random(processes: Processes, provider: TwilioStub, chance: random.Random) -> int:
    """Kill workers at work, each time one, until nine texts in ten have left; how many died."""
    kills = 0
    while len(provider.taken) < TEXTS * 0.9:
        before = len(provider.taken)
        # Only one that has begun can die at work.
        wait_until(lambda before=before: len(provider.taken) > before, 60)
        time.sleep(chance.uniform(0, TEXTS / 1_000))
        name = chance.choice(WORKERS)
        processes.kill(name)
        processes.start(name, "worker")
        kills += 1
    return kills


def waiting(url: str) -> int:
    """How many texts have not left yet; before planning all of them."""
    rows = rows_of(url)
    drills = [row for row in rows if ":drill/" in row["slot"]]
    return TEXTS - len(drills) + sum(row["state"] == "planned" for row in rows)
