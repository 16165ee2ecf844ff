"""The one place where everything is put together: settings in, a Runtime out. It chooses gateway and dispatcher."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module

from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError

from message_templates.catalogue import load
from service.clock import Clock
from service.config import Settings, SettingsError
from service.dispatch.base import Dispatcher, Jobs
from service.dispatch.local import LocalDispatcher
from service.domain.paging import Hook
from service.flows.send_outbox import Pipeline
from service.gateways.base import Gateway
from service.gateways.pager import Pager
from service.gateways.pager_network import MailServer, NetworkPager
from service.gateways.pager_simulated import SimulatedPager
from service.gateways.simulated import Answers, SimulatedGateway
from service.gateways.twilio import Account, TwilioGateway
from service.runtime import Choices, Runtime
from service.store import audit, people, schema, users
from service.store.content import ContentShelf
from service.store.engine import open_engine
from service.store.plan_changes import add_plan_change
from service.store.sealed import Keyring, load_keyring, new_keyring, save_keyring
from service.store.session import SYSTEM, Store
from service.store.uncertain import awaiting_receipts
from service.synthetic.story import phones_of, remembered
from service.zone_data import zone_rules

SHORTEST_SECRET = 32
CLOCK_OFFSET, KEY_CHECK, ZONE_RULES = "clock_offset_s", "key_check", "zone_rules"


class StartError(Exception):
    """The service refuses to start; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything `serve` needs, decided: what runs, where it listens, how it is signed and reached."""

    runtime: Runtime
    pipeline: Pipeline
    address: tuple[str, int]
    public_url: str
    secret_key: str
    auth_tokens: tuple[str, ...]
    account: str
    loopback: bool
    is_demo: bool
    pick_up: Callable[[str], None] | None
    jobs: Jobs | None = None


def deploy(settings: Settings, store: Store) -> Deployment:
    """Put the service together over `store`; StartError or SettingsError where the fence forbids it."""
    pipeline = Pipeline(settings.send_concurrency)
    return _deploy(settings, store, pipeline, LocalDispatcher(pipeline.wake))


def deploy_part(settings: Settings, store: Store) -> Deployment:
    """One of several processes over one PostgreSQL; StartError on any other database.

    What is to be sent is a job for the workers; `jobs` asks them for the rest.
    """
    if store.conninfo is None:
        raise StartError(
            "Pages, clock and workers apart need PostgreSQL (EVENFALL_DATABASE_URL); on SQLite"
            " `evenfall serve` runs everything in one process."
        )
    # By name: only those who scale out install what it needs.
    jobs = import_module("service.dispatch.procrastinate").JobDispatcher(store.conninfo)
    return replace(_deploy(settings, store, Pipeline(settings.send_concurrency), jobs), jobs=jobs)


def _deploy(
    settings: Settings, store: Store, pipeline: Pipeline, dispatcher: Dispatcher
) -> Deployment:
    check_fence(settings, store)
    tokens = (settings.twilio_auth_token, settings.twilio_auth_token_old)
    gateway = _gateway(settings, store)
    runtime = _runtime(choices(settings), store, gateway, dispatcher, _pager(settings))
    mind_zone_rules(runtime)
    return Deployment(
        runtime=runtime,
        pipeline=pipeline,
        address=settings.bind_address(),
        public_url=settings.public_url,
        secret_key=settings.secret_key.get_secret_value() or secrets.token_hex(32),
        auth_tokens=tuple(filter(None, (token.get_secret_value() for token in tokens))),
        account=settings.twilio_account_sid,
        loopback=settings.is_loopback(),
        is_demo=is_demo(settings, store),
        pick_up=gateway.pick_up if isinstance(gateway, SimulatedGateway) else None,
    )


def open_database(settings: Settings, *, durable: bool = True) -> Engine:
    """The database alone, for what needs no keys; SettingsError for one we cannot use."""
    try:
        return open_engine(settings.database_url, durable=durable)
    except (ArgumentError, ImportError):
        raise SettingsError(
            "EVENFALL_DATABASE_URL is sqlite:///FILE, or postgresql://… with the postgres extra"
        ) from None


def open_store(settings: Settings, *, durable: bool = True, make_keys: bool = False) -> Store:
    """The store of these settings. `make_keys`: a first command may make the keys file."""
    keyring = _keyring(settings, make_keys=make_keys)
    return Store(open_database(settings, durable=durable), keyring)


def keep_key_check(store: Store) -> None:
    """Remember which keys this database is sealed with, so that others are refused."""
    with store.transaction(SYSTEM, "boot") as tx:
        if audit.installation_value(tx, KEY_CHECK) is None:
            audit.set_installation_value(tx, KEY_CHECK, store.keyring.blind(KEY_CHECK, "check"))


def check_database(settings: Settings, store: Store) -> None:
    """StartError where the schema is older than this version, or the keys are not those of the database.

    A newer schema is none: while processes are replaced one by one, the older ones may be started again.
    """
    if not (schema.is_current(store.engine) or schema.is_ahead(store.engine)):
        raise StartError("The database is not up to date; run `evenfall db upgrade` first.")
    with store.transaction(SYSTEM, "boot", write=False) as tx:
        kept = audit.installation_value(tx, KEY_CHECK)
    if kept not in {None, store.keyring.blind(KEY_CHECK, "check")}:
        raise StartError(
            f"{settings.keys_file} holds other keys than this database was sealed with; put the right"
            " file back."
        )


def mind_zone_rules(runtime: Runtime) -> None:
    """Where the time zones' rules are others than at the last start, no alarm set since then can be trusted."""
    with runtime.store.transaction(SYSTEM, "boot") as tx:
        rules = zone_rules(people.zones(tx))
        kept = audit.installation_value(tx, ZONE_RULES)
        if kept != rules:
            audit.set_installation_value(tx, ZONE_RULES, rules)
        if kept not in {None, rules}:
            for clinic in people.all_clinics(tx):
                add_plan_change(tx, clinic.id, runtime.clock.now(), afresh=True)


def _keyring(settings: Settings, *, make_keys: bool) -> Keyring:
    path = settings.keys_file
    if not path.exists():
        if not make_keys:
            raise StartError(
                f"There is no keys file at {path}. `evenfall clinic create` makes one; if there was"
                " one before, put it back: without it no name, number or text can be read."
            )
        save_keyring(new_keyring(), path)
    return load_keyring(path)


def quiet_runtime(settings: Settings, store: Store) -> Runtime:
    """A runtime that sends nothing itself: for commands beside a running service."""
    return build_runtime(settings, store, SimulatedGateway(), lambda: None)


def travelling_runtime(
    chosen: Choices, store: Store, answers: Answers
) -> tuple[Runtime, SimulatedGateway]:
    """A runtime for a clock that travels: simulated phones answer, and whoever drives it sends."""
    gateway = SimulatedGateway(answers)
    dispatcher = LocalDispatcher(lambda: None)
    return _runtime(chosen, store, gateway, dispatcher, SimulatedPager()), gateway


def build_runtime(
    settings: Settings, store: Store, gateway: Gateway, wake: Callable[[], None]
) -> Runtime:
    """A runtime over the given parts."""
    return _runtime(choices(settings), store, gateway, LocalDispatcher(wake), _pager(settings))


def choices(settings: Settings) -> Choices:
    """The settings the flows act on."""
    url, secret = settings.operator_webhook_url, settings.operator_webhook_secret
    return Choices(
        settings.send_concurrency,
        settings.rate(),
        settings.provider_confirms_opt_out(),
        settings.public_url.rstrip("/"),
        Hook(url, secret.get_secret_value()) if url else None,
        settings.audit_heads_file,
    )


def _runtime(
    chosen: Choices, store: Store, gateway: Gateway, dispatcher: Dispatcher, pager: Pager
) -> Runtime:
    clock = Clock(_stored_offset(store))
    shelf = ContentShelf(load(), chosen.send_rate)
    return Runtime(store, gateway, clock, dispatcher, shelf, chosen, pager)


def _pager(settings: Settings) -> Pager:
    """Where nobody is texted, nobody is paged either."""
    if settings.gateway == "simulated":
        return SimulatedPager()
    password = settings.smtp_password.get_secret_value()
    server = MailServer(
        settings.smtp_host, settings.smtp_port, settings.smtp_from, settings.smtp_user, password
    )
    return NetworkPager(server if settings.smtp_host else None)


def _gateway(settings: Settings, store: Store) -> Gateway:
    if settings.gateway == "simulated":
        return _phones(store)
    return TwilioGateway(
        Account(
            sid=settings.twilio_account_sid,
            token=settings.twilio_auth_token.get_secret_value(),
            messaging_service=settings.twilio_messaging_service_sid,
            base_url=settings.twilio_base_url,
            callback_url=settings.public_url.rstrip("/") + "/webhooks/twilio/status/",
        ),
        settings.send_concurrency,
    )


def _phones(store: Store) -> SimulatedGateway:
    with store.transaction(SYSTEM, "boot", write=False) as tx:
        story = remembered(tx)
        gateway = phones_of(story) if story else SimulatedGateway()
        gateway.resume(awaiting_receipts(tx))
    return gateway


def _stored_offset(store: Store) -> timedelta:
    with store.transaction(SYSTEM, "boot", write=False) as tx:
        return timedelta(seconds=float(audit.installation_value(tx, CLOCK_OFFSET) or 0))


def check_fence(settings: Settings, store: Store) -> None:
    """Refuse what must never run: a schema that is not ours, or accounts missing where they are needed.

    Without accounts all three must hold: simulated gateway, loopback bind, synthetic data.
    """
    check_database(settings, store)
    with store.transaction(SYSTEM, "boot", write=False) as tx:
        accounts = users.count_users(tx)
    alone = is_demo(settings, store)
    if not accounts and not alone:
        raise StartError(
            "There are no accounts. Without them the service runs only with the simulated gateway,"
            " on a loopback address and with synthetic data; make one with `evenfall user add`."
        )
    if not alone and len(settings.secret_key.get_secret_value()) < SHORTEST_SECRET:
        raise SettingsError(
            f"EVENFALL_SECRET_KEY (or EVENFALL_SECRET_KEY_FILE) must have {SHORTEST_SECRET} characters"
            " or more: it signs the sessions. `openssl rand -hex 32` makes one"
        )


def is_demo(settings: Settings, store: Store) -> bool:
    """Whether nothing here is real: simulated gateway, loopback bind, synthetic clinics only."""
    if settings.gateway != "simulated" or not settings.is_loopback():
        return False
    with store.transaction(SYSTEM, "boot", write=False) as tx:
        return all(clinic.synthetic for clinic in people.all_clinics(tx))


def keep_offset(store: Store, offset: timedelta) -> None:
    """Remember how far the clinic's time is ahead of real time."""
    with store.transaction(SYSTEM, "boot") as tx:
        audit.set_installation_value(tx, CLOCK_OFFSET, str(offset.total_seconds()))
