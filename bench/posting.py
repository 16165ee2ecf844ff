"""Posts signed webhooks, a few at once, so plainly that the poster is never what is measured."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bench.running import PUBLIC_URL, TOKEN

AT_ONCE = 32
SIGNER = RequestValidator(TOKEN)


def signed(path: str, form: Mapping[str, str]) -> bytes:
    """One request as it goes over the wire, signed for the public address."""
    body = urlencode(form).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: clinic.example\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {SIGNER.compute_signature(PUBLIC_URL + path, dict(form))}\r\n\r\n"
    )
    return head.encode() + body


def a_second(port: int, posts: Sequence[bytes]) -> float:
    """How many of `posts` a second are answered with 204."""
    begin = time.perf_counter()
    asyncio.run(_post_all(port, posts))
    return len(posts) / (time.perf_counter() - begin)


def at_a_rate(port: int, posts: Sequence[bytes], rate: float) -> None:
    """Post so many a second, whether or not those before were answered."""
    asyncio.run(_post_paced(port, posts, rate))


async def _post_all(port: int, posts: Sequence[bytes]) -> None:
    waiting = iter(posts)

    async def poster() -> None:
        for post in waiting:
            await _post(port, post)

    await asyncio.gather(*(poster() for _ in range(AT_ONCE)))


async def _post_paced(port: int, posts: Sequence[bytes], rate: float) -> None:
    loop = asyncio.get_running_loop()
    begin, tasks = loop.time(), []
    for number, post in enumerate(posts):
        await asyncio.sleep(begin + number / rate - loop.time())
        tasks.append(loop.create_task(_post(port, post)))
    await asyncio.gather(*tasks)


async def _post(port: int, post: bytes) -> None:
    # The server closes each connection after a 204.
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(post)
    answer = await reader.read()
    assert b" 204 " in answer[:16], answer
    writer.close()
