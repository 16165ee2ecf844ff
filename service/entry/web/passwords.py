"""Passwords as Argon2id, at most one hash at a time, the same inside and outside the pages."""

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 128
SCHEME = "argon2"


class OneAtATime:
    """Hashes that wait for each other, so that guesses cannot take all memory and cores.

    It has the four methods Flask-Security asks of a password context. Parameters: OWASP's password storage
    cheat sheet; one hash takes 0.02 s and 19 MB.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
        self._turn = threading.Lock()

    def hash(self, password: str) -> str:
        """The hash of a password."""
        with self._turn:
            return self._hasher.hash(password)

    def verify(self, password: str, hashed: str) -> bool:
        """Whether the password is the one that was hashed."""
        with self._turn:
            try:
                return self._hasher.verify(hashed, password)
            except (VerificationError, InvalidHashError):
                return False

    def identify(self, _hashed: str) -> str:
        """The scheme of a hash: there is one."""
        return SCHEME

    def needs_update(self, hashed: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)


CONTEXT = OneAtATime()


def hash_password(password: str) -> str:
    """The hash an account keeps, for pages, commands and the demo alike."""
    return CONTEXT.hash(unicodedata.normalize("NFKD", password))


def fault_in(password: str) -> str | None:
    """What keeps a password from being accepted, in words; None when nothing does."""
    if len(password) < SHORTEST:
        return (
            f"Use at least {SHORTEST} characters. Several words are easier to remember than signs."
        )
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    return None
