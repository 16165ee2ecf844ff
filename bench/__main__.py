"""`python -m bench [NAME …]`: one JSON object a line for each figure, with its limit and whether it was met."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from bench import (
    demo,
    dispatch,
    growth,
    memory,
    peak,
    planning,
    reading,
    scale,
    start,
    tick,
    webhooks,
    workers,
)

FIGURES: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {
    "tick": tick.figures,
    "planning": planning.figures,
    "scale": scale.figures,
    "dispatch": dispatch.figures,
    "peak": peak.figures,
    "workers": workers.figures,
    "growth": growth.figures,
    "webhooks": webhooks.figures,
    "reading": reading.figures,
    "start": start.figures,
    "memory": memory.figures,
    "demo": demo.figures,
}

for name in sys.argv[1:] or FIGURES:
    for figure in FIGURES[name]():
        print(json.dumps({"bench": name, **figure}), flush=True)
