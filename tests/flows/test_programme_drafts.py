"""A change somebody began: kept per person and programme on both databases, replaced, and forgotten."""

from dataclasses import replace

import pytest

from service.store import drafts
from service.store.drafts import Begun
from service.store.session import ClinicScope
from tests.world import World

ACTOR = "staff:abc"
BEGUN = Begun(
    slug="caffeine",
    based_on=1,
    source="[programme]\r\n# typed ✎\r\n",
    wordings={("CAF-03", "en"): "Kept it?", ("CAF-03", "es"): ""},
    unread={"kept": {"amount": "soon"}},
    takes_effect="next-night",
    step="kept",
)


def keeps(world: World, begun: Begun, actor: str = ACTOR) -> None:
    with world.store.transaction(ClinicScope(world.clinic.id), actor) as tx:
        drafts.keep(tx, world.clinic.id, begun, world.clock.now())


def mine(world: World, actor: str = ACTOR) -> list[Begun]:
    with world.store.transaction(ClinicScope(world.clinic.id), actor, write=False) as tx:
        return drafts.mine(tx, world.clinic.id)


def test_it_comes_back_as_it_was_typed_and_to_nobody_else(world: World) -> None:
    keeps(world, BEGUN)
    assert mine(world) == [replace(BEGUN, saved_at=world.clock.now())]
    assert mine(world, "staff:xyz") == []


def test_what_is_typed_later_takes_its_place(world: World) -> None:
    keeps(world, BEGUN)
    keeps(world, replace(BEGUN, source="", wordings={}, unread={}, step=""))
    keeps(world, replace(BEGUN, slug="iron"))
    assert [(one.slug, one.source) for one in mine(world)] == [
        ("caffeine", ""),
        ("iron", BEGUN.source),
    ]


def test_only_ones_own_is_forgotten(world: World) -> None:
    keeps(world, BEGUN)
    keeps(world, BEGUN, "staff:xyz")
    with world.store.transaction(ClinicScope(world.clinic.id), ACTOR) as tx:
        drafts.drop(tx, world.clinic.id, "caffeine")
        assert drafts.find(tx, world.clinic.id, "caffeine") is None
    assert len(mine(world, "staff:xyz")) == 1


def test_no_clinic_writes_into_another(world: World) -> None:
    with (
        pytest.raises(PermissionError),
        world.store.transaction(ClinicScope(world.clinic.id), ACTOR) as tx,
    ):
        drafts.keep(tx, world.clinic.id + 1, BEGUN, world.clock.now())
