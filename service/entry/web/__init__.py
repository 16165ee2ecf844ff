"""The pages: one blueprint a group, put together with sign-in, protection and the pages for faults."""

from pathlib import Path
from wsgiref.types import WSGIApplication

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.dispatcher import DispatcherMiddleware

import service
from service.domain.counting import counted
from service.entry.web import (
    account,
    alarms,
    charts,
    doubts,
    enrol,
    health,
    holds,
    inbox,
    inbox_acts,
    joining,
    messages,
    on_call_desk,
    opt_out,
    own_phone,
    patient,
    patient_edit,
    patient_night,
    patients,
    pauses,
    phone,
    phrases,
    programme_approvals,
    programme_desks,
    programme_edits,
    programme_first,
    programme_publishing,
    programme_sources,
    programme_weeks,
    programmes,
    reading_words,
    rehearsals,
    sending,
    system,
    text_edits,
    texts,
    today,
    webhooks,
    words,
)
from service.entry.web.accounts import add_sign_in
from service.entry.web.faults import show_faults
from service.entry.web.navigation import frame
from service.entry.web.protection import protect
from service.entry.web.site import Site, attach

_ROOT = Path(service.__file__).parent
GROUPS = (
    today,
    alarms,
    sending,
    doubts,
    phrases,
    inbox,
    inbox_acts,
    patients,
    patient,
    patient_edit,
    patient_night,
    pauses,
    opt_out,
    holds,
    messages,
    enrol,
    programmes,
    programme_edits,
    programme_approvals,
    programme_publishing,
    programme_first,
    programme_sources,
    programme_desks,
    programme_weeks,
    rehearsals,
    texts,
    text_edits,
    phone,
    own_phone,
    account,
    joining,
    system,
    on_call_desk,
    health,
)


def create_app(site: Site) -> Flask:
    """The application for one site."""
    app = Flask("service", static_folder=_ROOT / "static", template_folder=_ROOT / "pages")
    app.secret_key = site.secret_key
    attach(app, site)
    protect(app, loopback=site.loopback)
    CSRFProtect(app)
    add_sign_in(app, site.runtime.store)
    show_faults(app)
    app.jinja_env.globals.update(
        frame=frame, charts=charts, words=words, readings=reading_words, counted=counted
    )
    for group in GROUPS:
        app.register_blueprint(group.pages)
    hooks: WSGIApplication = webhooks.create_hooks(site).wsgi_app
    apart = DispatcherMiddleware(app.wsgi_app, {webhooks.MOUNT: hooks})
    app.wsgi_app = apart  # type: ignore[method-assign]  # as Flask tells to wrap it
    return app


__all__ = ["Site", "create_app"]
