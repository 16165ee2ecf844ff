"""Audit trail -> chain, and its head to a file outside of the database; and whether all of it is what was written."""

from pathlib import Path

import structlog

from service.domain.audit_chain import Head, first_fault
from service.runtime import Runtime
from service.store import audit, audit_chain, people
from service.store.audit_heads import add_heads, read_heads
from service.store.session import SYSTEM

ACTOR = "audit"

log = structlog.get_logger()


def seal_audit(runtime: Runtime) -> int:
    """Give all acts that were committed their places in their clinics' chains; how many transactions it took."""
    count = 0
    while _seal_some(runtime):
        count += 1
    return count


def _seal_some(runtime: Runtime) -> bool:
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        tokens = {clinic.id: clinic.token for clinic in people.all_clinics(tx)}
        heads = audit_chain.seal(tx, tokens)
    path = heads_file(runtime)
    if path is not None and heads:
        add_heads(path, heads)
    elif path is None:
        # Whoever keeps the log keeps them, outside of the database too.
        for head in heads:
            log.info("audit sealed", clinic=head.clinic, number=head.number, digest=head.digest)
    return bool(heads)


def prove_audit(runtime: Runtime) -> list[str]:
    """What is wrong with the clinics' trails, a sentence each; logged, and kept for their System pages."""
    path = heads_file(runtime)
    # Before the chains, which grow meanwhile: what a head says must be in the database by then.
    heads, unreadable = _known_heads(path)
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        clinics = people.all_clinics(tx)
    faults = []
    for clinic in clinics:
        known = [head for head in heads if head.clinic == clinic.token]
        with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
            fault = first_fault(audit_chain.chain(tx, clinic.id), known) or unreadable
        with runtime.store.transaction(SYSTEM, ACTOR) as tx:
            audit.note_fault(tx, clinic.token, fault or "")
        if fault:
            log.error("audit trail changed", clinic=clinic.token, fault=fault)
            faults.append(f"{clinic.name}: {fault}.")
    return faults


def _known_heads(path: Path | None) -> tuple[list[Head], str | None]:
    """The heads kept outside of the database; and why they cannot be read, in words."""
    try:
        return (read_heads(path) if path else []), None
    except ValueError as fault:
        return [], str(fault)


def heads_file(runtime: Runtime) -> Path | None:
    """Where the heads are kept: the file of the settings, else one beside SQLite's; None = in the log alone."""
    if runtime.choices.audit_heads is not None:
        return runtime.choices.audit_heads
    file = runtime.store.file
    return Path(f"{file}.audit") if file else None
