"""Sign-in: Flask-Security over our own table of staff, which store.transaction alone commits."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask, g
from flask_security import LoginForm, RoleMixin, Security, UserDatastore, UserMixin

from service.entry.web.passwords import CONTEXT, SCHEME, SHORTEST
from service.store import users
from service.store.session import SYSTEM, Store

ACTOR = "sign-in"
CONFIG = {
    "SECURITY_URL_PREFIX": None,
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
    "SECURITY_LOGIN_USER_TEMPLATE": "sign_in.html",
    "SECURITY_LOGOUT_USER_TEMPLATE": "sign_out.html",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_LOGOUT_CSRF": True,
    "SECURITY_API_ENABLED_METHODS": ["session"],
    # Its page to confirm a password, and its own scripts: no page of ours uses them.
    "SECURITY_FRESHNESS": timedelta(minutes=-1),
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_REGISTERABLE": False,
    "SECURITY_RECOVERABLE": False,
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_FLASH_MESSAGES": False,
    "SECURITY_PASSWORD_HASH": SCHEME,
    "SECURITY_PASSWORD_SCHEMES": [SCHEME],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    # Argon2 salts each hash itself; without a second secret none can be lost and lock everybody out.
    "SECURITY_PASSWORD_SINGLE_HASH": [SCHEME],
    "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST,
    "SECURITY_PASSWORD_COMPLEXITY_CHECKER": None,
    "SECURITY_PASSWORD_CHECK_BREACHED": None,
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (
        "That address and password do not belong together. Check both and try again.",
        "error",
    ),
}


class SignInForm(LoginForm):
    """Address and password; nothing that would outlive the session."""

    remember = None


@dataclass(eq=False)
class Role(RoleMixin):
    """One of the four roles, as Flask-Security wants it."""

    name: str = ""


@dataclass(eq=False)
class Account(UserMixin):
    """A member of staff while signed in. Flask-Security changes it in place; AccountStore saves it."""

    id: int = 0
    token: str = ""
    clinic_id: int = 0
    email: str = ""
    name: str = ""
    password: str | None = None
    active: bool = False
    fs_uniquifier: str = ""
    roles: list[RoleMixin] = field(default_factory=list)

    def may(self, roles: frozenset[str]) -> bool:
        """Whether the account holds one of `roles`."""
        return any(role.name in roles for role in self.roles)


class AccountStore(UserDatastore):
    """Accounts in service/store/users.py: `put` collects, `commit` saves in one transaction."""

    def __init__(self, store: Store) -> None:
        super().__init__(Account, Role)
        self._store = store

    def find_user(self, case_insensitive: bool = False, **query: Any) -> Account | None:
        """The account of an `email` or an `fs_uniquifier`, if there is one."""
        del case_insensitive
        with self._store.transaction(SYSTEM, ACTOR, write=False) as tx:
            if "email" in query:
                found = users.user_by_email(tx, query["email"])
            else:
                found = users.user_by_uniquifier(tx, query["fs_uniquifier"])
        return _account(found) if found else None

    def find_role(self, role: str) -> Role | None:
        """The role of a name."""
        return Role(role) if role in users.ROLES else None

    def put(self, model: Account) -> Account:
        """Keep an account to be saved; its password may have been hashed anew."""
        g.setdefault("changed_accounts", []).append(model)
        return model

    def delete(self, model: Account) -> None:
        """Refused: what somebody did stays theirs, so an account is only ever closed."""
        raise NotImplementedError("an account is closed, never deleted")

    def commit(self) -> None:
        """Save what was put."""
        changed = g.pop("changed_accounts", [])
        if not changed:
            return
        with self._store.transaction(SYSTEM, ACTOR) as tx:
            for account in changed:
                users.change_user(
                    tx,
                    account.id,
                    password_hash=account.password,
                    active=account.active,
                    uniquifier=account.fs_uniquifier,
                )


def _account(user: users.User) -> Account:
    return Account(
        id=user.id,
        token=user.token,
        clinic_id=user.clinic_id,
        email=user.email,
        name=user.name or user.email,
        password=user.password_hash,
        active=user.active,
        fs_uniquifier=user.uniquifier,
        roles=[Role(name) for name in user.roles],
    )


def add_sign_in(app: Flask, store: Store) -> None:
    """Give the application its sign-in pages."""
    app.config.update(CONFIG)
    security = Security(app, AccountStore(store), login_form=SignInForm)
    # Every path that hashes waits its turn, the one for an unknown address included.
    security.pwd_context = CONTEXT
