"""What may be entered as a contact that is paged: a number, an e-mail address, a webhook. Pure."""

import re
from urllib.parse import urlsplit

from service.domain.paging import Channel
from service.domain.phone_numbers import read_number

LONGEST_ADDRESS, SHORTEST_SECRET = 254, 20
_MAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def checked_address(channel: Channel, typed: str, region: str, *, loopback: bool) -> str:
    """The address as it is kept; ValueError, in words, for one that no page can reach.

    `region`: where a number without its country code belongs. `loopback`: the service is reached from its own
    machine only, so a webhook there may do without TLS.
    """
    if channel is Channel.TEXT:
        return read_number(typed, region)
    if len(typed) > LONGEST_ADDRESS:
        raise ValueError(f"Longer than {LONGEST_ADDRESS} characters.")
    if channel is Channel.EMAIL:
        if not (_MAIL.fullmatch(typed) and typed.isascii()):
            raise ValueError("This is no e-mail address; write it like oncall@clinic.org.")
        return typed
    return _checked_url(typed, loopback=loopback)


def _checked_url(typed: str, *, loopback: bool) -> str:
    try:
        parts = urlsplit(typed)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or not typed.isascii() or re.search(r"\s", typed):
        raise ValueError("This is no web address; write it like https://example.org/hook.")
    if parts.username is not None or parts.fragment:
        raise ValueError("Leave out whatever stands before an @ or behind a #.")
    is_own = loopback and host in _LOOPBACK and parts.scheme == "http"
    if parts.scheme != "https" and not is_own:
        raise ValueError("The address begins with https://, so that nobody can read along.")
    return typed


def checked_secret(channel: Channel, typed: str) -> str:
    """A webhook's secret, empty for the others; ValueError for one that could be guessed."""
    if channel is not Channel.WEBHOOK:
        return ""
    if len(typed) < SHORTEST_SECRET:
        raise ValueError(f"The secret has {SHORTEST_SECRET} characters or more.")
    return typed
