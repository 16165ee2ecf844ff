"""Who is acting, what the roles may do, and the only way a page reaches the store: within its own clinic."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, cast

from flask import abort
from flask.typing import ResponseReturnValue
from flask_security import auth_required, current_user

from service.entry.web.accounts import Account
from service.entry.web.site import current_site
from service.store.session import ClinicScope, Tx

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

# A programme_admin sees no names, numbers or replies; an auditor sees them and changes nothing.
READERS = frozenset({"clinician", "clinic_admin", "auditor"})
CARERS = frozenset({"clinician", "clinic_admin"})
PROGRAMME_EDITORS = frozenset({"programme_admin", "clinic_admin"})
PROGRAMME_READERS = PROGRAMME_EDITORS | CARERS

ADMINS = frozenset({"clinic_admin"})
OVERSEERS = frozenset({"clinic_admin", "auditor"})
STAFF = READERS | PROGRAMME_READERS


def for_roles(roles: frozenset[str]) -> Callable[[View[P]], View[P]]:
    """A view for members of staff who hold one of `roles`; others are asked to sign in, or refused."""

    def confine(view: View[P]) -> View[P]:
        @auth_required("session")
        @wraps(view)
        def confined(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if not member().may(roles):
                abort(403)
            return view(*args, **kwargs)

        return cast("View[P]", confined)

    return confine


def member() -> Account:
    """Who is signed in; only within a view for roles."""
    return cast("Account", current_user)


@contextmanager
def own_clinic(*, write: bool = False) -> Iterator[Tx]:
    """A transaction on behalf of the signed-in member's clinic: any other clinic's row is simply not there."""
    account = member()
    store = current_site().runtime.store
    scope = ClinicScope(account.clinic_id)
    with store.transaction(scope, f"staff:{account.token}", write=write) as tx:
        yield tx
