"""The ticker: its ticks go on whatever is done to the wall clock."""

from datetime import timedelta

import time_machine

from service.clock import Clock
from service.entry.pulse import Pulse
from service.entry.ticker import Tick, ticking
from tests.waiting import wait_until

OFTEN_S = 0.05


def test_a_clock_that_is_set_back_puts_no_tick_off() -> None:
    ran: list[None] = []
    clock = Clock()
    with ticking([Tick("often", OFTEN_S, lambda: ran.append(None))], Pulse(), clock.wall):
        wait_until(lambda: len(ran) > 1)
        with time_machine.travel(clock.wall() - timedelta(hours=2)):
            before = len(ran)
            wait_until(lambda: len(ran) > before + 2, 5)
