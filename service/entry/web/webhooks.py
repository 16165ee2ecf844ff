"""What the provider posts: verified, decoded, stored and committed, then 204. Everything else happens later."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from typing import cast

import structlog
from flask import Blueprint, Flask, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import InternalServerError

from service.domain.delivery import PROVIDER_STATES, State
from service.domain.exchange import Inbound, Receipt
from service.entry.web.protection import cover
from service.entry.web.signatures import is_signed
from service.entry.web.site import Site, attach, current_site
from service.entry.web.together import Together
from service.flows.take_receipt import take_receipts
from service.flows.take_reply import store_replies
from service.store.session import StoreBusyError

MOUNT = "/webhooks"
hooks = Blueprint("twilio", __name__, url_prefix="/twilio")
JSON = "application/json"
# What fits the columns; the provider's names and codes are shorter.
NAME, CODE = re.compile(r"[!-~]{0,64}"), re.compile(r"[0-9]{1,9}")
SIGNATURE = "X-Twilio-Signature"
# A text has 1,600 characters at most; the provider adds some fifty names and numbers.
LARGEST_POST = 64 * 1024
DONE = ("", 204)

log = structlog.get_logger()
View = Callable[..., ResponseReturnValue]
_NAME = "evenfall_arrivals"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How what the provider posts gets into the store, however many requests bring it at once."""

    replies: Together[Inbound]
    receipts: Together[Receipt]


def create_hooks(site: Site) -> Flask:
    """The application below MOUNT: nobody signs in there, so it asks for no session and no user."""
    app = Flask("webhooks", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_POST)
    attach(app, site)
    app.after_request(cover)
    app.extensions[_NAME] = Arrivals(
        Together(partial(store_replies, site.runtime)),
        Together(partial(take_receipts, site.runtime)),
    )
    app.register_error_handler(StoreBusyError, _busy)
    app.register_error_handler(InternalServerError, _failed)
    app.register_blueprint(hooks)
    return app


def _busy(fault: StoreBusyError) -> ResponseReturnValue:
    """The provider posts again what it was told 5xx about."""
    log.warning("database not to be had", because=str(fault))
    return "", 503


def _failed(fault: InternalServerError) -> ResponseReturnValue:
    log.error("webhook failed", exc_info=fault.original_exception)
    return "", 500


def _arrivals() -> Arrivals:
    return cast("Arrivals", current_app.extensions[_NAME])


def signed(view: View) -> View:
    """Refuse with 403, before anything is written, what the provider did not sign, or for another account."""

    @wraps(view)
    def checked(**names: str) -> ResponseReturnValue:
        site = current_site()
        is_json = request.mimetype == JSON
        body = request.get_data() if is_json else None
        url = site.public_url.rstrip("/") + _raw_target()
        if not is_signed(site.auth_tokens, url, request.form, body, request.headers.get(SIGNATURE)):
            log.warning("webhook refused", path=_raw_target())
            abort(403)
        if request.form.get("AccountSid", site.account) != site.account:
            log.warning("webhook of another account", path=request.path)
            abort(403)
        return view(**names)

    return checked


def _raw_target() -> str:
    """The request target as it was sent: a decoded one no longer fits its signature."""
    raw = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI")
    if raw:
        return str(raw)
    query = request.query_string.decode("latin-1")
    return request.script_root + request.path + (f"?{query}" if query else "")


@hooks.post("/inbound")
@signed
def inbound() -> ResponseReturnValue:
    """A text from a phone."""
    form = request.form
    if not form.get("MessageSid") or not form.get("From") or not form.get("To"):
        abort(400)
    media = form.get("NumMedia", "0")
    reply = Inbound(
        provider_sid=form["MessageSid"],
        sender=form["From"],
        to=form["To"],
        body=form.get("Body", ""),
        at=_now(),
        media=int(media) if media.isdecimal() else 0,
    )
    _arrivals().replies.write(reply)
    return DONE


@hooks.post("/status/<token>")
@signed
def status(token: str) -> ResponseReturnValue:
    """What became of the text of that token."""
    word, sid = request.form.get("MessageStatus", ""), request.form.get("MessageSid", "")
    if word not in PROVIDER_STATES:
        log.warning("unknown status", status=word[:32])
    if not NAME.fullmatch(sid) or not NAME.fullmatch(token):
        log.warning("receipt for no text")
        return DONE
    code = request.form.get("ErrorCode", "")
    receipt = Receipt(
        token=token,
        provider_sid=sid,
        # A word that is new to us still says that the provider has the text.
        state=PROVIDER_STATES.get(word, State.ACCEPTED),
        error_code=int(code) if CODE.fullmatch(code) else None,
        at=_now(),
    )
    _arrivals().receipts.write(receipt)
    return DONE


def _now() -> datetime:
    return current_site().runtime.clock.now()
