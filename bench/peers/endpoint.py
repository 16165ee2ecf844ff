"""A provider without latency, in a process of its own: takes every text, gives it a name, calls nobody back."""

import asyncio
import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web


@contextmanager
def endpoint() -> Iterator[str]:
    """The address of one, stopped afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.peers.endpoint"], stdout=subprocess.PIPE, text=True
    )
    try:
        yield process.stdout.readline().strip() if process.stdout else ""
    finally:
        process.terminate()
        process.wait(timeout=20)


async def _serve() -> None:
    numbers = itertools.count()

    async def take(request: web.Request) -> web.Response:
        await request.read()
        made = {"sid": f"SM{next(numbers):032x}", "status": "accepted"}
        return web.Response(body=json.dumps(made), status=201, content_type="application/json")

    app = web.Application()
    app.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
