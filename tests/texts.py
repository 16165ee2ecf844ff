"""The shipped texts with some missing, as a clinic of an earlier release still has them."""

from dataclasses import replace
from types import MappingProxyType

from message_templates.catalogue import Catalogue, load


def without(language: str, *ids: str) -> Catalogue:
    """The shipped catalogue without these texts in `language`."""
    shipped = load()
    kept = {
        (text_id, of): text
        for (text_id, of), text in shipped.texts.items()
        if of != language or text_id not in ids
    }
    return replace(shipped, texts=MappingProxyType(kept))
