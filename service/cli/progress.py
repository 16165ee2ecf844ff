"""A bar on stderr for what lives through nights."""

from collections.abc import Callable

import click

WIDTH = 40


def night_bar(nights: int) -> Callable[[float], None]:
    """A bar on stderr, drawn anew for each night; it is told the share that is over, 0 to 1."""
    shown = -1

    def report(share: float) -> None:
        nonlocal shown
        night = int(share * nights)
        if night != shown:
            shown = night
            full = int(share * WIDTH)
            bar = "█" * full + "░" * (WIDTH - full)
            click.echo(f"\r  night {min(night, nights):3} of {nights}  {bar}", nl=False, err=True)
            if share >= 1:
                click.echo("", err=True)

    return report
