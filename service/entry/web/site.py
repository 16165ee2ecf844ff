"""What the pages are given: the runtime they read, and how this site is reached and signed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import Flask, current_app
from flask.sansio.app import App

from service.entry.pulse import Pulse
from service.entry.web.impact_runs import ImpactRuns
from service.entry.web.rehearsal_runs import RehearsalRuns
from service.runtime import Runtime

_NAME = "evenfall"


@dataclass(frozen=True, slots=True)
class Site:
    """One site. `auth_tokens` are the provider's, new and old, for its webhooks' signatures; `account` whose they are.

    `loopback`: only this machine can reach it, so its cookie may do without Secure. `travel` moves the
    clinic's clock forward to an instant, `pick_up` puts a simulated phone (by its number) into the visitor's hand;
    None where the clinic is a real one. `pulse`: how the ticks do that run in this process.
    """

    runtime: Runtime
    secret_key: str
    public_url: str
    loopback: bool
    auth_tokens: tuple[str, ...] = ()
    travel: Callable[[datetime], None] | None = None
    pick_up: Callable[[str], None] | None = None
    pulse: Pulse = field(default_factory=Pulse)
    impacts: ImpactRuns = field(default_factory=ImpactRuns)
    rehearsals: RehearsalRuns = field(default_factory=RehearsalRuns)
    account: str = ""


def attach(app: Flask, site: Site) -> None:
    """Give the application its site."""
    app.extensions[_NAME] = site


def site_of(app: App) -> Site:
    """The site of an application."""
    return cast("Site", app.extensions[_NAME])


def current_site() -> Site:
    """The site of the request being answered."""
    return site_of(current_app)
