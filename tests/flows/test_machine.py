"""What the System page and the log read, on both databases."""

from datetime import timedelta

from service.domain.delivery import Kind
from service.flows.send_outbox import claim
from service.store import machine, message_log
from service.store.message_log import FATES, Wanted
from service.store.session import ClinicScope
from tests.flows.texts import put
from tests.world import World


def test_what_waits_what_left_and_how_large_it_all_is(world: World) -> None:
    put(world, world.patient(), "left")
    assert len(claim(world.runtime, 1)) == 1
    waits = [put(world, world.patient(), slot) for slot in ("one", "two")]
    put(world, world.patient(), "help", kind=Kind.HELP.value)
    now = world.clock.advance(seconds=90)
    with world.store.transaction(ClinicScope(world.clinic.id), "test", write=False) as tx:
        doing = machine.machine(tx, world.clinic.id, now, now - timedelta(hours=24))
    lanes = [(lane.lane, lane.texts, now - lane.oldest) for lane in doing.waiting]
    long = timedelta(seconds=90)
    assert lanes == [(1, 1, long), (3, len(waits), long)]
    assert (doing.in_flight, doing.unknown) == (1, 0)
    assert [one.submitted_at - one.due_at for one in doing.handed] == [timedelta(0)]
    known = machine.database(world.store, world.clock.wall())
    assert known.size > 0
    assert (known.ahead is None) == (world.store.file is not None)


def test_the_log_holds_each_text_under_one_fate_and_in_order(world: World) -> None:
    patient = world.patient(window="08:00-23:30")
    world.fact(patient, "uses_caffeine")
    world.live(days=3)
    rows = world.rows("outbox", patient_id=patient.id)
    assert len({row.state for row in rows}) > 1
    with world.store.transaction(ClinicScope(world.clinic.id), "test", write=False) as tx:

        def tokens(wanted: Wanted) -> list[str]:
            page = message_log.messages(tx, world.clinic.id, wanted, None)
            return [message.row.token for message in page.messages]

        found = tokens(Wanted(fate="any", patient_id=patient.id))
        by_fate = [token for fate in FATES if fate != "any" for token in tokens(Wanted(fate=fate))]
        not_withheld = tokens(Wanted())
    written = sorted(rows, key=lambda row: (row.planned_at, row.id), reverse=True)
    assert found == [row.token for row in written]
    assert not_withheld == [row.token for row in written if row.state != "suppressed"]
    assert sorted(by_fate) == sorted(found)
