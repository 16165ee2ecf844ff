"""Doubts about a programme: what is published all the same and probably not meant."""

import pytest

from schedules.loading import load as load_programme
from schedules.loading import shipped_sources
from service.domain.programme_doubts import doubts

HEAD = '[programme]\nslug = "tips"\ntitle = "Tips"\npriority = "tip"\n'


def doubted(step: str) -> list[str]:
    source = (
        f'{HEAD}[[step]]\nkey = "one"\nuseful_for = "2h"\ncadence = {{ daily = true }}\n{step}\n'
    )
    return doubts(load_programme(source, "tips.toml"))


BOTH = 'say = ["CAF-01"]'


@pytest.mark.parametrize(
    "step",
    [
        f'at = {{ clock = "08:00" }}\n{BOTH}',
        f'at = {{ clock = "20:30" }}\n{BOTH}',
        f'at = {{ clock = "07:00" }}\nflex = "+1h"\n{BOTH}',
        f'at = {{ clock = "21:30" }}\nflex = "-1h"\n{BOTH}',
        f'at = {{ anchor = "bedtime", offset = "-9h30m" }}\ncutoff = "-9h"\n{BOTH}',
    ],
)
def test_what_is_probably_meant_raises_no_doubt(step: str) -> None:
    assert doubted(step) == []


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (f'at = {{ clock = "03:00" }}\n{BOTH}', "one, at 03:00, cannot be moved into the usual"),
        (f'at = {{ clock = "20:31" }}\n{BOTH}', "only who chose other hours gets it"),
        (f'at = {{ clock = "07:59" }}\nflex = "-4h"\n{BOTH}', "08:00 to 20:30"),
        (
            f'at = {{ anchor = "bedtime", offset = "-8h30m" }}\ncutoff = "-9h"\n{BOTH}',
            "one comes after the cut-off it names, 9 hours before bedtime.",
        ),
    ],
)
def test_what_is_probably_not_meant_is_said(step: str, said: str) -> None:
    assert any(said in doubt for doubt in doubted(step))


def test_nothing_that_is_shipped_is_doubted() -> None:
    found = [
        doubt
        for name, source in shipped_sources().items()
        for doubt in doubts(load_programme(source, name))
    ]
    assert found == []
