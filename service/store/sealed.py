"""Sealed fields: names, numbers and bodies under AES-GCM, and keyed tokens to find them by."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32


class SealError(Exception):
    """A sealed field cannot be opened: the key is missing, or the field is not the one that was sealed."""


@dataclass(frozen=True)
class Keyring:
    """The keys of one installation: sealing keys by their one-byte id, the current one, and the search key."""

    current: int
    keys: Mapping[int, bytes]
    search: bytes

    @cached_property
    def _ciphers(self) -> dict[int, AESGCM]:
        return {key_id: AESGCM(key) for key_id, key in self.keys.items()}

    def seal(self, text: str, table: str, column: str, token: str) -> bytes:
        """`text` encrypted and bound to its table, column and row token; the first byte names the key."""
        nonce = os.urandom(NONCE_BYTES)
        bound = f"{table}.{column}.{token}".encode()
        cipher = self._ciphers[self.current]
        return bytes([self.current]) + nonce + cipher.encrypt(nonce, text.encode(), bound)

    def open_(self, sealed: bytes, table: str, column: str, token: str) -> str:
        """The text sealed for exactly this place; SealError for any other."""
        if not sealed:
            raise SealError(f"{table}.{column} is empty, and was never sealed")
        cipher = self._ciphers.get(sealed[0])
        if cipher is None:
            raise SealError(
                f"{table}.{column} was sealed with key {sealed[0]}, which the keys file lacks"
            )
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, f"{table}.{column}.{token}".encode()).decode()
        except InvalidTag:
            raise SealError(f"{table}.{column}: sealed for another row, or damaged") from None

    def blind(self, value: str, purpose: str) -> str:
        """A keyed token of a normalised value, to search by without opening anything."""
        return hmac.new(self.search, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


def new_token() -> str:
    """A public name: 128 random bits, safe in a URL path."""
    return secrets.token_urlsafe(16)


def new_keyring() -> Keyring:
    """Fresh random keys."""
    return Keyring(1, {1: os.urandom(KEY_BYTES)}, os.urandom(KEY_BYTES))


def save_keyring(keyring: Keyring, path: Path) -> None:
    """Write the keys so that only their owner can read them; FileExistsError rather than overwrite."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "current": keyring.current,
        "keys": {str(key_id): _text(key) for key_id, key in keyring.keys.items()},
        "search": _text(keyring.search),
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)


def load_keyring(path: Path) -> Keyring:
    """The keys in `path`; SealError when it is no keys file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        keys = {int(key_id): _bytes(key) for key_id, key in content["keys"].items()}
        return Keyring(int(content["current"]), keys, _bytes(content["search"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SealError(f"{path} is not a keys file of Evenfall") from None


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _bytes(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return key
