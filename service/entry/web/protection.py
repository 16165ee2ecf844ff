"""What every answer carries for its protection, and the cookie and size limits of every request."""

from flask import Flask, Response
from secure import (
    CacheControl,
    ContentSecurityPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

from schedules.loading import MAX_BYTES as LARGEST_FILE

# The largest thing anybody sends is a programme's file; a form spells a character in three at worst.
LARGEST_REQUEST = 4 * LARGEST_FILE
A_YEAR = 365 * 24 * 3600
COOKIE = "evenfall"

# Each header is spelled out: the package's defaults allow inline styles and framing by the same origin.
HEADERS = Secure(
    csp=ContentSecurityPolicy()
    .default_src("'none'")
    .script_src("'self'")
    .style_src("'self'")
    .img_src("'self'")
    .connect_src("'self'")
    .form_action("'self'")
    .object_src("'none'")
    .base_uri("'none'")
    .frame_ancestors("'none'"),
    hsts=StrictTransportSecurity().max_age(A_YEAR).include_subdomains(),
    referrer=ReferrerPolicy().no_referrer(),
    xcto=XContentTypeOptions().nosniff(),
    xfo=XFrameOptions().deny(),
)
NO_STORE = CacheControl().no_store().header_value
_COVER = HEADERS.headers


def protect(app: Flask, *, loopback: bool) -> None:
    """Limit requests, flag the session cookie, and put the headers on every answer, errors included."""
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        SESSION_COOKIE_NAME=COOKIE if loopback else f"__Host-{COOKIE}",
        SESSION_COOKIE_SECURE=not loopback,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # A form may lie open for a morning; its token is worth no more than the session it belongs to.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.after_request(cover)


def cover(response: Response) -> Response:
    """Put the headers on an answer."""
    response.headers.extend(_COVER)
    # Static files carry no patient's data; everything else must not outlive the session in a cache.
    if "Cache-Control" not in response.headers or response.mimetype == "text/html":
        response.headers["Cache-Control"] = NO_STORE
    return response
