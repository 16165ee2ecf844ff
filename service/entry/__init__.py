"""How the outside gets in: the clock's ticks, and the web."""
