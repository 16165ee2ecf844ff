"""One process that dies at named and at random moments while patients write: nothing twice, nothing lost."""

import os
from pathlib import Path
from random import Random

import pytest

from tests.faults.dying import POINTS, Death
from tests.faults.history import read
from tests.faults.story import story

RUNS = int(os.environ.get("FAULT_RUNS", "3"))
SEED = int(os.environ.get("FAULT_SEED", "0"))
DEATHS, LONGEST_LIFE_S = (2, 3), 1.2


@pytest.mark.parametrize("seed", range(SEED, SEED + RUNS))
def test_a_service_that_dies_again_and_again_keeps_its_promises(
    seed: int, sqlite_url: str, tmp_path: Path
) -> None:
    chance = Random(seed)  # noqa: S311 (which moments: the same for the same seed)
    with story(sqlite_url, tmp_path, chance) as told:
        told.carrier.add(told.written)
        deaths = [fate(chance) for _ in range(chance.randint(*DEATHS))]
        for death, patience_s in deaths:
            life = told.live(death)
            life.join(patience_s)
            life.kill()
            life.join()
        found = told.ends_well(told.live_on())
        assert read(told.url).acts, "the audit trail was sealed meanwhile"
        assert found == [], f"{deaths}\n{told.log.read_text()[-3000:]}"


def fate(chance: Random) -> tuple[Death | None, float]:
    """How a life ends: at a named moment, and killed after so many seconds at the latest."""
    if chance.random() < 0.25:
        return None, chance.uniform(0.3, LONGEST_LIFE_S)
    return Death(chance.choice([*POINTS]), chance.randint(1, 3)), LONGEST_LIFE_S
