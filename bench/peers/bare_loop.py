"""Texts through the provider's SDK and an asynchronous session, so many in flight, and nothing written down."""

import asyncio
import time

from twilio.rest import Client

from service.gateways.twilio_http import AsyncClient


def seconds(base_url: str, texts: int, in_flight: int) -> float:
    """How long it takes to send `texts` texts, `in_flight` at once."""
    return asyncio.run(_send(base_url, texts, in_flight))


async def _send(base_url: str, texts: int, in_flight: int) -> float:
    http = AsyncClient(base_url, in_flight)
    messages = Client("AC" + "0" * 32, "token", http_client=http).messages
    waiting = iter(range(texts))

    async def sender() -> None:
        for number in waiting:
            await messages.create_async(
                to=f"+1902{5550000 + number}",
                body="Stop caffeine now: 9 hours before bed.",
                messaging_service_sid="MG" + "0" * 32,
                status_callback=f"https://clinic.example/webhooks/twilio/status/{number}",
                validity_period=7200,
            )

    begin = time.perf_counter()
    await asyncio.gather(*(sender() for _ in range(in_flight)))
    took = time.perf_counter() - begin
    await http.close()
    return took
