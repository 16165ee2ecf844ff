"""One text through the provider's SDK as it comes: its own synchronous client, one request at a time."""

from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

OFFICIAL_URL = "https://api.twilio.com"


class _Redirected(TwilioHttpClient):  # type: ignore[misc]  # the SDK ships no types
    """The stock client, but for where it posts to."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url

    def request(self, method: str, url: str, *rest: Any, **named: Any) -> Any:
        """As the stock client does."""
        return super().request(method, url.replace(OFFICIAL_URL, self._base_url), *rest, **named)


def stock_client(base_url: str) -> Client:
    """A client whose connections stay open."""
    return Client("AC" + "0" * 32, "token", http_client=_Redirected(base_url))


def send(client: Client, number: int) -> None:
    """Post one text."""
    client.messages.create(
        to=f"+1902{5550000 + number}",
        body="Stop caffeine now: 9 hours before bed.",
        messaging_service_sid="MG" + "0" * 32,
        status_callback=f"https://clinic.example/webhooks/twilio/status/{number}",
        validity_period=7200,
    )
