"""What the provider posts: verified, decoded, stored and committed, then 204. Everything else happens later."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from typing import cast

import structlog
from flask import Blueprint, abort, current_app, request
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from service.domain.delivery import PROVIDER_STATES, State
from service.domain.exchange import Inbound, Receipt
from service.entry.web.signatures import is_signed
from service.entry.web.site import current_site, site_of
from service.entry.web.together import Together
from service.flows.take_receipt import take_receipts
from service.flows.take_reply import store_replies

pages = Blueprint("webhooks", __name__, url_prefix="/webhooks/twilio")
JSON = "application/json"
# What fits the columns; the provider's names and codes are shorter.
NAME, CODE = re.compile(r"[!-~]{0,64}"), re.compile(r"[0-9]{1,9}")
SIGNATURE = "X-Twilio-Signature"
DONE = ("", 204)

log = structlog.get_logger()
View = Callable[..., ResponseReturnValue]
_NAME = "evenfall_arrivals"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How what the provider posts gets into the store, however many requests bring it at once."""

    replies: Together[Inbound]
    receipts: Together[Receipt]


@pages.record
def _prepare(state: BlueprintSetupState) -> None:
    runtime = site_of(state.app).runtime
    state.app.extensions[_NAME] = Arrivals(
        Together(partial(store_replies, runtime)), Together(partial(take_receipts, runtime))
    )


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
            log.warning("webhook refused", path=request.path)
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
    return request.path + (f"?{query}" if query else "")


@pages.post("/inbound")
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


@pages.post("/status/<token>")
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
