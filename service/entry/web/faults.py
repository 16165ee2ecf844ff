"""The pages for what went wrong: what happened, what was not done, and what to do next."""

from dataclasses import dataclass

import structlog
from flask import Flask, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from schedules.loading import MAX_BYTES as LARGEST_FILE
from service.flows.publish_programme.approval import StateError
from service.store.session import StoreBusyError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Fault:
    """One page for one kind of fault."""

    title: str
    what: str
    next_step: str


FAULTS = {
    400: Fault(
        "That could not be understood.",
        "Something in the request was missing or malformed. Nothing was changed.",
        "Go back and try again.",
    ),
    403: Fault(
        "This page is not for your role.",
        "Nothing was shown and nothing was changed.",
        "If you need it for your work, ask your clinic’s administrator for the role.",
    ),
    404: Fault(
        "There is nothing at this address.",
        "It may have been mistyped, or belong to something that is not your clinic’s.",
        "Start again from the first page.",
    ),
    405: Fault(
        "That cannot be done this way.",
        "Nothing was changed.",
        "Go back and use the buttons on the page.",
    ),
    413: Fault(
        "That is too large.",
        f"A programme’s file has at most {LARGEST_FILE // 1024} KB, and nothing else is longer. Nothing was changed.",
        "Look whether it is the right file; a programme that is too long can be made two.",
    ),
    500: Fault(
        "Something failed on our side.",
        "Nothing was changed. Texts go on being sent; the fault has been noted for the operators.",
        "Try again in a minute. If it stays, tell your operators the time.",
    ),
    503: Fault(
        "The database is busy.",
        "Nothing was changed. Texts already due are not lost.",
        "Try again in a few seconds.",
    ),
}
STALE = Fault(
    "This form is too old to be sent.",
    "It was open for so long that it is no longer valid. Nothing was changed.",
    "Go back, reload the page and send it again.",
)


def show_faults(app: Flask) -> None:
    """Give every fault its page."""
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(StoreBusyError, _busy)
    app.register_error_handler(StateError, _impossible)
    app.register_error_handler(Exception, _failed)


def _refused(fault: HTTPException) -> HTTPException | tuple[str, int]:
    if fault.code is not None and fault.code < 400:
        return fault  # a redirect, which werkzeug raises too
    code = fault.code if fault.code in FAULTS else (500 if (fault.code or 500) >= 500 else 400)
    return _page(FAULTS[code], fault.code or 500)


def _stale(fault: CSRFError) -> tuple[str, int]:
    return _page(STALE, fault.code or 400)


def _busy(fault: StoreBusyError) -> tuple[str, int]:
    log.warning("database not to be had", because=str(fault))
    return _page(FAULTS[503], 503)


def _failed(fault: Exception) -> tuple[str, int]:
    log.error("page failed", exc_info=fault)
    return _page(FAULTS[500], 500)


def _impossible(why: StateError) -> tuple[str, int]:
    return _page(Fault(str(why), "Nothing was changed.", "Go back to what you were doing."), 409)


def _page(fault: Fault, code: int) -> tuple[str, int]:
    return render_template("fault.html", fault=fault, code=code), code
