"""`python -m bench.peers.bare_view PORT`: a Flask view that checks the signature and does nothing else, on waitress."""

import sys

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue
from twilio.request_validator import RequestValidator
from waitress import create_server

from bench.running import PUBLIC_URL, TOKEN
from service.entry.serving import THREADS

VALIDATOR = RequestValidator(TOKEN)
app = Flask(__name__)


@app.get("/readyz")
def readyz() -> ResponseReturnValue:
    """It is up."""
    return "ok"


@app.post("/<path:path>")
def webhook(path: str) -> ResponseReturnValue:
    """Signed, or 403."""
    signature = request.headers.get("X-Twilio-Signature", "")
    if not VALIDATOR.validate(f"{PUBLIC_URL}/{path}", request.form, signature):
        abort(403)
    return "", 204


if __name__ == "__main__":
    create_server(app, host="127.0.0.1", port=int(sys.argv[1]), threads=THREADS, ident="").run()
