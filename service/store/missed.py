"""Texts whose time passed while the service could not send them: one episode for staff, not one alert a text."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, select, update

from service.store.people import clinic_to_publish
from service.store.rows import table
from service.store.sealed import new_token
from service.store.session import Tx
from service.store.tables.outbox import MissedEpisode, OutboxText

# Texts found less than this apart (clinic time) are one episode (our default). Found, not due: after three
# days of outage all are found at once, though no text was due in the nights between.
APART = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Episode:
    """So many texts, to so many patients, that were due from `first` to `last` (UTC) and never left."""

    token: str
    texts: int
    patients: int
    first: datetime
    last: datetime


def episodes_for(tx: Tx, clinic_ids: Collection[int], now: datetime) -> dict[int, int]:
    """The episode (its id) that texts of each clinic found at `now` belong to: the one under way, or a new one."""
    return {clinic_id: _episode(tx, clinic_id, now) for clinic_id in sorted(clinic_ids)}


def _episode(tx: Tx, clinic_id: int, now: datetime) -> int:
    # Planner and sender may both find some: whoever comes second joins.
    clinic_to_publish(tx, clinic_id)
    found = tx.row(_UNDER_WAY, clinic=clinic_id, lately=now - APART)
    if found is None:
        row = {"clinic_id": clinic_id, "token": new_token(), "found_at": now}
        return tx.insert_one(table(MissedEpisode), row)
    tx.execute(_FOUND_AGAIN, episode=found[0], instant=now)
    return int(found[0])


def add_missed(tx: Tx, missed: Sequence[tuple[int, int]], now: datetime) -> None:
    """Texts (clinic, row id) that waited to be sent until it was too late join their clinic's episode."""
    if not missed:
        return
    episodes = episodes_for(tx, {clinic_id for clinic_id, _ in missed}, now)
    rows = [{"row": row, "episode": episodes[clinic_id]} for clinic_id, row in missed]
    tx.execute(_JOIN, rows)


def unseen_episodes(tx: Tx, clinic_id: int) -> list[Episode]:
    """The clinic's episodes that nobody has put away, oldest first."""
    return [Episode(*row) for row in tx.rows(_UNSEEN.where(MissedEpisode.clinic_id == clinic_id))]


def put_away(tx: Tx, token: str, now: datetime) -> bool:
    """Somebody has seen an episode; False where somebody had before, or the scope does not hold it."""
    unseen = and_(MissedEpisode.token == token, MissedEpisode.seen_at.is_(None))
    return tx.changed(update(MissedEpisode).where(unseen).values(seen_at=now)) == 1


_EPISODE, _OUTBOX = table(MissedEpisode), table(OutboxText)
_UNDER_WAY = (
    select(MissedEpisode.id)
    .where(
        and_(
            MissedEpisode.clinic_id == bindparam("clinic"),
            MissedEpisode.found_at > bindparam("lately"),
            MissedEpisode.seen_at.is_(None),
        )
    )
    .order_by(MissedEpisode.id.desc())
    .limit(1)
)
_FOUND_AGAIN = (
    update(_EPISODE)
    .where(_EPISODE.c.id == bindparam("episode"))
    .values(found_at=bindparam("instant"))
)
_JOIN = (
    update(_OUTBOX).where(_OUTBOX.c.id == bindparam("row")).values(episode_id=bindparam("episode"))
)
_UNSEEN = (
    select(
        MissedEpisode.token,
        func.count(OutboxText.id),
        func.count(OutboxText.patient_id.distinct()),
        func.min(OutboxText.due_at),
        func.max(OutboxText.due_at),
    )
    .join(OutboxText, OutboxText.episode_id == MissedEpisode.id)
    .where(MissedEpisode.seen_at.is_(None))
    .group_by(MissedEpisode.id, MissedEpisode.token)
    .order_by(MissedEpisode.id)
)
