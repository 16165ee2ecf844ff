"""A provider in a process of its own: takes every text after `latency_s`, gives it a name, calls nobody back."""

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web


@contextmanager
def endpoint(latency_s: float = 0.0) -> Iterator[str]:
    """The address of one, stopped afterwards."""
    process = subprocess.Popen(  # noqa: S603 (our own)
        [sys.executable, "-m", "bench.peers.endpoint", str(latency_s)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process.stdout.readline().strip() if process.stdout else ""
    finally:
        process.terminate()
        process.wait(timeout=20)


def taken(address: str) -> int:
    """How many texts it has taken."""
    with urllib.request.urlopen(address) as answer:  # noqa: S310 (loopback)
        return int(answer.read())


async def _serve(latency_s: float) -> None:
    count = 0

    async def take(request: web.Request) -> web.Response:
        nonlocal count
        await request.read()
        if latency_s:
            await asyncio.sleep(latency_s)
        count += 1
        made = {"sid": f"SM{count:032x}", "status": "accepted"}
        return web.Response(body=json.dumps(made), status=201, content_type="application/json")

    async def tell(request: web.Request) -> web.Response:
        del request
        return web.Response(text=str(count))

    app = web.Application()
    app.router.add_post("/{path:.*}", take)
    app.router.add_get("/", tell)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
