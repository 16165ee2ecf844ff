"""Whether the process lives and whether it can work: for the machines that watch it, without a word of patients."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from service.entry.web.site import current_site
from service.store import schema

pages = Blueprint("health", __name__)


@pages.get("/livez")
def livez() -> ResponseReturnValue:
    """This process answers."""
    return jsonify(status="ok")


@pages.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers and its schema is ours; 503 with the names of the checks that fail."""
    failing = [name for name, passes in CHECKS.items() if not passes()]
    return jsonify(status="failing" if failing else "ok", failing=failing), 503 if failing else 200


def _database_is_current() -> bool:
    try:
        engine = current_site().runtime.store.engine
        return schema.is_current(engine) or schema.is_ahead(engine)
    except Exception:  # noqa: BLE001 (whatever the driver raises: the database does not answer)
        return False


CHECKS = {"database": _database_is_current}
