"""How many of a thing, as people say it."""


def counted(number: int, one: str, many: str = "") -> str:
    """`1 person`, `1,204 people`; without `many` the plural has an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
