"""Asking a gateway as the flows do, each time on an event loop of its own."""

import asyncio
from datetime import UTC, datetime, timedelta

from service.domain.exchange import Found, Outcome, Text
from service.gateways.base import Gateway
from service.gateways.twilio import Account
from tests.twilio_stub import ACCOUNT, SERVICE, TOKEN

CALLBACK = "https://clinic.example/webhooks/twilio/status/"
TO = "+19025552001"


def text(
    token: str = "one",  # noqa: S107 (a public name)
    to: str = TO,
    body: str = "Hello ñ 🙂",
    minutes: float = 30,
) -> Text:
    now = datetime.now(UTC)  # noqa: TID251 (the provider's own clock is real)
    return Text(token, to, "+19025550140", body, now + timedelta(minutes=minutes), now)


def account(url: str) -> Account:
    return Account(ACCOUNT, TOKEN, SERVICE, url, CALLBACK)


def send(gateway: Gateway, *texts: Text) -> list[Outcome]:
    async def sent() -> list[Outcome]:
        try:
            return [outcome async for outcome in gateway.send(texts)]
        finally:
            await gateway.close()

    return asyncio.run(sent())


def find(gateway: Gateway, to: str, since: datetime) -> list[Found]:
    async def found() -> list[Found]:
        try:
            return list(await gateway.find(to, since))
        finally:
            await gateway.close()

    return asyncio.run(found())
