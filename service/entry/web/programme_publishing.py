"""From a proposed text of a programme to its publication: everybody's effect first, then what was seen and no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, cast, get_args

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from schedules.programme import Programme
from service.domain import impact_words
from service.domain.impact import NIGHTS, crowd
from service.domain.programme_doubts import doubts
from service.entry.web import words
from service.entry.web.access import PROGRAMME_EDITORS, for_roles, member, own_clinic
from service.entry.web.impact_runs import Run
from service.entry.web.programme_desks import address_of
from service.entry.web.site import current_site
from service.entry.web.source_lines import changes
from service.flows.plan_due.preview import Proposal, longest_name, touched
from service.flows.publish_programme import TakesEffect, as_if_published, publish
from service.store import drafts, programme_pages, programme_versions
from service.store.content import Content
from service.store.people import clinic_to_publish
from service.store.programme_versions import Version
from service.store.records import Clinic
from service.store.session import Tx

pages = Blueprint("programme_publishing", __name__)

TAKES_EFFECT: Final[dict[TakesEffect, str]] = {
    "now": "now: tonight’s texts that are not sent yet move at once",
    "next-night": "from the next night: at noon by the clinic’s clock",
    "new-patients": "for new patients only: who consents from now on; everybody else keeps what they have",
}


@dataclass(frozen=True, slots=True)
class Proposed:
    """A text of a programme as somebody would publish it, on top of version `based_on`."""

    slug: str
    based_on: int
    source: str
    at: TakesEffect
    wordings: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What must have been seen before it can be published."""
        said = repr((self.source, sorted(self.wordings.items()), self.at))
        return sha256(said.encode()).hexdigest()[:32]


def takes_effect(typed: Mapping[str, str]) -> TakesEffect:
    """What the form says, `now` where it says nothing known."""
    at = typed.get("at", "")
    return cast("TakesEffect", at) if at in get_args(TakesEffect) else "now"


def drafted(current: Content, proposed: Proposed, programme: Programme, clinic: Clinic) -> Content:
    """The clinic's content once `proposed`, read as `programme`, is published."""
    now = current_site().runtime.clock.now()
    return as_if_published(
        current, programme, proposed.source, proposed.wordings, proposed.at, clinic.zone, now
    )


def effect(
    tx: Tx, clinic: Clinic, current: Content, after: Content, proposed: Proposed,
    programmes: Sequence[Programme],
) -> dict[str, Any]:  # fmt: skip
    """The effect on everybody whom the programme reaches, for the page; `programmes` as it is, and as it would be."""
    site = current_site()
    now = site.runtime.clock.now()
    people = touched(programme_pages.reached(tx, clinic.id), programmes, now)
    doubted = doubts(programmes[-1])
    longest = longest_name(tx, people)
    proposal = Proposal(clinic, proposed.based_on + 1, current, after, now, longest, doubted)
    key = clinic.id, f"{current.number}-{proposed.mark}"
    ids = [one.patient.id for one in people]
    run = site.impacts.run(key, site.runtime, tx, proposal, ids)
    return _shown(run, proposed.slug, current.number, proposed.mark)


def was_seen(proposed: Proposed) -> bool:
    """Whether exactly this was seen before, and is now to be published."""
    return request.form.get("act") == "publish" and request.form.get("seen") == proposed.mark


def publish_seen(clinic: Clinic, proposed: Proposed) -> Version:
    """Publish, and with it what was begun is done; StaleEditError where somebody else published meanwhile."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    with own_clinic(write=True) as tx:
        drafts.drop(tx, clinic.id, proposed.slug)
        return publish(
            runtime,
            tx,
            clinic_to_publish(tx, clinic.id),
            proposed.source,
            name=f"{proposed.slug}.toml",
            at=proposed.at,
            now=now,
            wordings=proposed.wordings,
            based_on=request.form.get("based_on", 0, type=int),
        )


def published_meanwhile(slug: str, newest: int) -> ResponseReturnValue:
    """The conflict, with what the other one changed; what the member typed is kept until thrown away."""
    with own_clinic() as tx:
        versions = {
            one.number: one for one in programme_versions.versions(tx, member().clinic_id, slug)
        }
        kept = drafts.find(tx, member().clinic_id, slug)
    before = versions.get(request.form.get("based_on", 0, type=int))
    lines = changes(before.source, versions[newest].source) if before else []
    mine = address_of(slug, kept.step) if kept else None
    page = render_template(
        "programme_stale.html", slug=slug, newest=newest, mine=mine, changes=lines
    )
    return page, 409


@pages.get("/programmes/<slug>/impact/<int:number>-<mark>")
@for_roles(PROGRAMME_EDITORS)
def impact(slug: str, number: int, mark: str) -> ResponseReturnValue:
    """How far the counting of a proposal is, or what it came to: the part of the page that waits for it."""
    run = current_site().impacts.find((member().clinic_id, f"{number}-{mark}"))
    if run is None:
        abort(404)
    deciding = "deciding" in request.args
    page = _shown(run, slug, number, mark)
    return render_template("programme_impact.html", deciding=deciding, **page)


def _shown(run: Run, slug: str, number: int, mark: str) -> dict[str, Any]:
    return {
        "run": run,
        "slug": slug,
        "number": number,
        "mark": mark,
        "nights": NIGHTS,
        "said": impact_words,
        "crowded": _crowded(run),
    }


def _crowded(run: Run) -> str:
    """Which hour's texts take the sender long, in words; empty where none do, or that is not known yet."""
    rate = current_site().runtime.choices.send_rate
    found = crowd(run.impact, rate) if rate is not None and not run.counting else None
    if rate is None or found is None:
        return ""
    return impact_words.waiting(found, rate, words.moment(found.begins, run.begun, run.zone))
