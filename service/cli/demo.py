"""demo: a synthetic clinic with a history, then the service on loopback with the simulated phone."""

import gc
import os
import secrets
import sys
import time
from pathlib import Path

import click

from service import boot
from service.cli.progress import night_bar
from service.clock import Clock
from service.config import Settings, read_settings
from service.entry.serving import alone
from service.entry.web.passwords import hash_password
from service.store import schema
from service.store.session import SYSTEM
from service.synthetic.story import Account, Story, live_story, remember

FOLDER = Path("var/demo")
SEED = 7
SIGN_INS = {
    "clinician": ("nurse@northside.example", "Nurse A. Okafor"),
    "programme_admin": ("programmes@northside.example", "Programmes R. Stone"),
    "clinic_admin": ("admin@northside.example", "Admin L. Moore"),
    "auditor": ("audit@northside.example", "Auditor V. Berg"),
}
# With an arena for each thread glibc keeps twice the memory that a few pages at a time need.
MEMORY = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "131072"}


@click.command()
@click.option("--port", default=8000, type=click.IntRange(1, 65535))
@click.option("--patients", default=60, type=click.IntRange(7, 500))
@click.option("--nights", default=90, type=click.IntRange(14, 365))
@click.option("--no-serve", is_flag=True, help="Build the clinic and its history, then stop.")
def demo(port: int, patients: int, nights: int, no_serve: bool) -> None:
    """A synthetic clinic with a history, on this machine only: no account, no network, nobody texted."""
    settings = _settings(port)
    started = time.monotonic()
    with alone(FOLDER / "evenfall.db"):
        passwords = _build(settings, patients, nights)
    took = time.monotonic() - started
    click.echo(f"{patients} patients have lived {nights} nights in {took:.0f} s.", err=True)
    if no_serve:
        return
    click.echo("\nSign in with:", err=True)
    for role, (email, _) in SIGN_INS.items():
        click.echo(f"  {role:16} {email:32} {passwords[role]}", err=True)
    click.echo("", err=True)
    # The history leaves its memory behind: a fresh process serves in a third of it.
    os.execve(  # noqa: S606 (this very program, with our own arguments)
        sys.executable, [sys.executable, "-m", "service.cli", "serve"], _environment(settings)
    )


def _settings(port: int) -> Settings:
    """Settings of the demo, whatever the environment says: it must never touch a real clinic."""
    return read_settings(
        {},
        database_url=f"sqlite:///{FOLDER / 'evenfall.db'}",
        keys_file=FOLDER / "keys.json",
        bind=f"127.0.0.1:{port}",
        public_url=f"http://127.0.0.1:{port}",
        secret_key=secrets.token_hex(32),
    )


def _environment(settings: Settings) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("EVENFALL_")
    }
    return (
        inherited
        | MEMORY
        | {
            "EVENFALL_DATABASE_URL": settings.database_url,
            "EVENFALL_KEYS_FILE": str(settings.keys_file),
            "EVENFALL_BIND": settings.bind,
            "EVENFALL_PUBLIC_URL": settings.public_url,
            "EVENFALL_SECRET_KEY": settings.secret_key.get_secret_value(),
        }
    )


def _build(settings: Settings, patients: int, nights: int) -> dict[str, str]:
    """Build the clinic anew and live its history up to now; the passwords by role."""
    for old in FOLDER.glob("*"):
        if old.suffix != ".serving":
            old.unlink()
    store = boot.open_store(settings, durable=False, make_keys=True)
    schema.upgrade(store.engine)
    boot.keep_key_check(store)
    clock = Clock()
    end = clock.now()
    story = Story(patients, nights, SEED, end)
    runtime, gateway = boot.travelling_runtime(boot.choices(settings), store, story.people())
    with store.transaction(SYSTEM, "demo") as tx:
        remember(tx, story)
    passwords = {role: secrets.token_urlsafe(12) for role in SIGN_INS}
    accounts = [
        Account(role, email, name, hash_password(passwords[role]))
        for role, (email, name) in SIGN_INS.items()
    ]
    # Millions of short-lived objects: collecting them rarely saves a tenth of the time.
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)
    live_story(runtime, gateway, story.parts(), accounts, nights, end, night_bar(nights))
    store.engine.dispose()
    return passwords
