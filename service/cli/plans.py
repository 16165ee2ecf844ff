"""plan: what one patient would be sent, what not, and why."""

import json

import click

from schedules.recurrence import to_local
from schedules.slots import Planned, Withheld, reason_words
from service.cli.opening import ACTOR, find_clinic, open_installation
from service.flows.plan_due.ahead import forecast, passed_over
from service.store import people
from service.store.session import SYSTEM


@click.command()
@click.option("--clinic", "slug", required=True)
@click.option("--patient", "ref", required=True, help="The clinic's own reference.")
@click.option("--nights", default=14, type=click.IntRange(1, 366))
@click.option("--json", "as_json", is_flag=True)
def plan(slug: str, ref: str, nights: int, as_json: bool) -> None:
    """What a patient would be sent, what is withheld, and why."""
    opened = open_installation()
    found = find_clinic(opened, slug)
    with opened.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        patient = people.patient_by_ref(tx, found.id, ref)
        if patient is None:
            raise click.UsageError(f"There is no patient {ref!r} at {slug}.")
        before = passed_over(opened.runtime, tx, patient.id)
        slots = [*before, *forecast(opened.runtime, tx, patient.id, nights)]
    if not slots and patient.consent != "active":
        click.echo(f"Nothing: consent is {patient.consent}.", err=True)
    for slot in slots:
        click.echo(_as_json(slot, patient.zone) if as_json else _spoken(slot, patient.zone))


def _as_json(slot: Planned | Withheld, zone: str) -> str:
    line = {
        "programme": slot.programme,
        "step": slot.step,
        "night": slot.night.isoformat(),
        "local": to_local(slot.at, zone).replace(tzinfo=None).isoformat(timespec="minutes"),
        "utc": slot.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "withheld": slot.reason if isinstance(slot, Withheld) else None,
    }
    return json.dumps(line)


def _spoken(slot: Planned | Withheld, zone: str) -> str:
    at = f"{to_local(slot.at, zone):%a %d %b %H:%M}"
    where = f"{slot.programme}/{slot.step}"
    if isinstance(slot, Planned):
        gate = "  (behind GATE-01)" if slot.gated else ""
        return f"{at}  {where:32} {slot.sends}{gate}"
    return f"{at}  {where:32} withheld: {reason_words(slot.reason, slot.detail)}"
