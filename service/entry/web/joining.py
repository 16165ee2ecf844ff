"""An invitation taken up: a name, a password, and then the sign-in page."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.entry.web.passwords import LONGEST, SHORTEST, fault_in, hash_password
from service.entry.web.site import current_site
from service.store import audit, users
from service.store.session import SYSTEM

pages = Blueprint("joining", __name__)
ACTOR = "invitation"
LONGEST_NAME = 120


@pages.get("/join/<token>")
def invitation(token: str) -> ResponseReturnValue:
    """The form, or the page that says the invitation is no longer good."""
    return _form(token, name="", faults={})


@pages.post("/join/<token>")
def take_up(token: str) -> ResponseReturnValue:
    """Set name and password; the invitation is used up."""
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    faults = {"password": fault_in(password)}
    if not name or len(name) > LONGEST_NAME:
        faults["name"] = "Write the name your colleagues know you by."
    faults = {field: fault for field, fault in faults.items() if fault}
    if faults:
        return _form(token, name=name, faults=faults)
    runtime = current_site().runtime
    hashed = hash_password(password)
    now = runtime.clock.wall()
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        user = users.invited(tx, token, now)
        if user is None or not users.take_up(tx, token, name, hashed, now):
            return render_template("joined_late.html"), 410
        audit.write(tx, user.clinic_id, "invitation taken up", user.token, runtime.clock.now())
    return redirect(url_for("security.login"))


def _form(token: str, name: str, faults: dict[str, str | None]) -> ResponseReturnValue:
    runtime = current_site().runtime
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        user = users.invited(tx, token, runtime.clock.wall())
    if user is None:
        return render_template("joined_late.html"), 410
    page = render_template(
        "join.html", email=user.email, name=name, faults=faults, shortest=SHORTEST, longest=LONGEST
    )
    return page, 400 if faults else 200
