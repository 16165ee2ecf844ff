"""Rehearsals: the clinic's coming nights lived on a nameless copy; begun, watched, read, taken away as a file."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schedules.fault import ProgrammeFaults
from service import rehearsal_words
from service.entry.web.access import PROGRAMME_EDITORS, for_roles, member, own_clinic
from service.entry.web.programme_desks import desk_of, programme_of
from service.entry.web.rehearsal_runs import Run, Stage
from service.entry.web.site import current_site
from service.rehearsal import nights_from
from service.store import drafts
from service.store.drafts import Begun
from service.store.people import clinic_by_id
from service.store.transcripts import REPLY

pages = Blueprint("rehearsals", __name__)

MOST_NIGHTS = 90
MOST_SEED = 999_999
BUSY = "Another rehearsal is under way. They run one at a time, so that the service has the machine to itself."


@pages.get("/rehearsals")
@for_roles(PROGRAMME_EDITORS)
def rehearsals() -> ResponseReturnValue:
    """What can be rehearsed, and the last rehearsals."""
    return _start_page([])


def _start_page(faults: Sequence[tuple[str, str]]) -> str:
    site = current_site()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        begun = drafts.mine(tx, clinic.id)
    return render_template(
        "rehearsals.html",
        runs=site.rehearsals.of_clinic(clinic.id),
        busy=site.rehearsals.is_busy(),
        begun=begun,
        faults=faults,
        typed=request.form,
        most=MOST_NIGHTS,
        now=site.runtime.clock.now(),
        zone=clinic.zone,
    )


@pages.post("/rehearsals")
@for_roles(PROGRAMME_EDITORS)
def start() -> ResponseReturnValue:
    """Begin one; what is wrong with the form or with a draft is said before anything begins."""
    site = current_site()
    now = site.runtime.clock.now()
    nights = request.form.get("nights", 0, type=int)
    seed = request.form.get("seed", 0, type=int)
    faults = []
    if not 1 <= nights <= MOST_NIGHTS:
        faults.append(("nights", f"Nights: a whole number from 1 to {MOST_NIGHTS}."))
    if not 1 <= seed <= MOST_SEED:
        faults.append(("seed", f"Seed: a whole number from 1 to {MOST_SEED}."))
    changes, wrong = _chosen_drafts()
    faults += wrong
    if faults:
        return _start_page(faults), 422
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
    run = Run(clinic, now, nights_from(now, clinic.zone, nights), seed, changes)
    if not site.rehearsals.begin(run, site.runtime):
        return _start_page([("nights", BUSY)]), 409
    return redirect(url_for("rehearsals.one", token=run.token))


def _chosen_drafts() -> tuple[list[Begun], list[tuple[str, str]]]:
    """The member's own drafts that were chosen; a faulty one is named, since nothing can be planned by it."""
    changes, faults = [], []
    with own_clinic() as tx:
        for slug in request.form.getlist("draft"):
            desk = desk_of(tx, slug)
            try:
                programme_of(desk, desk.begun)
            except ProgrammeFaults as wrong:
                reason = f"Your draft of {slug} cannot be used yet: {wrong.faults[0]}"
                faults.append((f"draft-{slug}", reason))
            changes.append(desk.begun)
    return changes, faults


@pages.get("/rehearsals/<token>")
@for_roles(PROGRAMME_EDITORS)
def one(token: str) -> ResponseReturnValue:
    """How far a rehearsal is, or what it came to; only that part of the page where a script asks again."""
    part = "rehearsal_outcome.html" if "part" in request.args else "rehearsal.html"
    return render_template(part, **_shown(_run(token)))


@pages.get("/rehearsals/<token>/<patient>")
@for_roles(PROGRAMME_EDITORS)
def transcript(token: str, patient: str) -> ResponseReturnValue:
    """What one patient of the copy would read and answer."""
    run = _run(token)
    found = run.transcripts.get(patient)
    if found is None or run.stage is not Stage.DONE:
        abort(404)
    order = list(run.transcripts)
    place = order.index(patient)
    return render_template(
        "rehearsal_patient.html",
        **_shown(run),
        patient=found,
        lines=found.lines(),
        before=order[place - 1] if place else None,
        after=order[place + 1] if place + 1 < len(order) else None,
        reply=REPLY,
    )


@pages.get("/rehearsals/<token>/nights.txt")
@for_roles(PROGRAMME_EDITORS)
def download(token: str) -> ResponseReturnValue:
    """The whole rehearsal as one text, the same as the command writes."""
    run = _run(token)
    if run.stage is not Stage.DONE:
        abort(404)
    lines = (line for patient in run.transcripts.values() for line in patient.lines())
    text = (f"{line}\n" for line in rehearsal_words.written(run.totals, lines))
    name = f"{run.clinic.slug}-{run.nights.count}-nights-seed-{run.seed}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="text/plain", headers=headers)


@pages.post("/rehearsals/<token>/cancel")
@for_roles(PROGRAMME_EDITORS)
def cancel(token: str) -> ResponseReturnValue:
    """Stop a rehearsal; its copy is removed."""
    _run(token).cancelled.set()
    return redirect(url_for("rehearsals.one", token=token))


def _run(token: str) -> Run:
    run = current_site().rehearsals.find(member().clinic_id, token)
    if run is None:
        abort(404)
    return run


def _shown(run: Run) -> dict[str, object]:
    return {
        "run": run,
        "say": rehearsal_words,
        "now": current_site().runtime.clock.now(),
        "zone": run.clinic.zone,
    }
