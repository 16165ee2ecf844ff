"""Whether a webhook was signed by the provider: over the configured URL and the raw target, never the client's Host."""

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator, add_port, remove_port
from werkzeug.datastructures import MultiDict

BODY_HASH = "bodySHA256"


def is_signed(
    tokens: Sequence[str],
    url: str,
    form: "Mapping[str, str] | MultiDict[str, str]",
    body: bytes | None,
    signature: str | None,
) -> bool:
    """Whether one of the account's tokens made `signature` (X-Twilio-Signature) for this request.

    A form is signed with the URL; a JSON `body` by its SHA-256 in the query, the URL alone being signed. The
    provider may have signed with or without the port. Its own validator raises where the header or the
    hash is missing; that is simply unsigned here.
    """
    if not signature or (body is not None and not _hash_matches(url, body)):
        return False
    signed = {} if body is not None else form
    split = urlsplit(url)
    variants = {add_port(split), remove_port(split)}
    return any(
        hmac.compare_digest(
            RequestValidator(token).compute_signature(variant, signed).encode(), signature.encode()
        )
        for token in tokens
        for variant in variants
    )


def _hash_matches(url: str, body: bytes) -> bool:
    stated = parse_qs(urlsplit(url).query).get(BODY_HASH, [""])[0]
    return hmac.compare_digest(stated.lower().encode(), sha256(body).hexdigest().encode())
