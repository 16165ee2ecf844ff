"""What a version of a programme is called, and who shipped, kept, asked for, refused or published it, in words."""

from collections.abc import Iterable, Mapping

from schedules.fault import ProgrammeFaults
from schedules.loading import load, shipped
from service.store.programme_pages import STAFF, authors
from service.store.programme_versions import Version
from service.store.session import Tx


def title_of(version: Version) -> str:
    """The name for people that a version gives its programme; the slug where its file is no longer understood."""
    try:
        return load(version.source, version.slug).title
    except ProgrammeFaults:
        return version.slug


def names_in(tx: Tx, versions: Iterable[Version]) -> dict[str, str]:
    """The names of the members of staff who had a hand in `versions`, by actor."""
    hands = ((one.published_by, one.asked_by, one.approved_by) for one in versions)
    return authors(tx, [actor for several in hands for actor in several])


def who(actor: str | None, names: Mapping[str, str]) -> str:
    """A member of staff by name; a part of the service as its rows call it, like `the command line`."""
    if actor is None:
        return "somebody"
    unnamed = "somebody who has left" if actor.startswith(STAFF) else f"the {actor}"
    return names.get(actor, unnamed)


def deed(version: Version, names: Mapping[str, str]) -> str:
    """What was done to bring a version where it is, and by whom: `asked for by R. Stone, approved by L. Mercer`."""
    if version.asked_by is None:
        return _alone(version, names)
    asked = f"asked for by {who(version.asked_by, names)}"
    if version.state == "awaiting":
        return asked
    if version.state == "published":
        return f"{asked}, approved by {who(version.approved_by, names)}"
    if version.approved_by == version.asked_by:
        return f"{asked}, who took it back"
    return f"{asked}, refused by {who(version.approved_by, names)}"


def _alone(version: Version, names: Mapping[str, str]) -> str:
    if version.state == "draft":
        # Only `programme apply` keeps a version as a draft; what an editor types is kept elsewhere.
        return "kept by the command line"
    if version.number == 1 and version.slug in {one.slug for one in shipped()}:
        return "as shipped"
    return f"by {who(version.published_by, names)}"
