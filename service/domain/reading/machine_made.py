"""Texts that a machine made, and the parts of a text that only quote ours."""

import re

from service.domain.reading.document import Document

# The words phones put before a text they react to. Liking and loving are thanks where nothing was
# asked; the others say nothing.
_REACTION = re.compile(
    r"^\W*(?:(?P<kind>liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|le gusto|le encanto"
    r"|no le gusto|se rio de|enfatizo|destaco|cuestiono|pregunto por|me gusta|me encanta)"
    r"|(?:reacted|reacciono|ha reaccionado|reaction)\b[^\"“«]{0,20}?(?P<emoji>[^\w\s\"“«]*)[^\"“«]{0,12}?"
    r"|removed an? \w+(?: \w+)?|quito un \w+(?: \w+)?"
    r"|(?P<sign>[^\w\s\"“«]{1,6}))"
    r"\s*(?:\s(?:to|from|a|de|con|en|un|una|mensaje|imagen|an?|image))*\s*[\"“«]",
    re.IGNORECASE,
)
_FOND = frozenset({"liked", "loved", "le gusto", "le encanto", "me gusta", "me encanta"})
_FOND_EMOJI = frozenset("👍❤♥💕😍🥰🙏💙💗")
_ACCENTS = str.maketrans("áéíóú", "aeiou")

_QUOTED = re.compile(r"[\"“«][^\"”»“«]*[\"”»]")
_FORWARDED = re.compile(r"^\s*>[^\n]*$|^On [^\n]{0,120} wrote:\s*$", re.MULTILINE)
# How each of our own questions ends, with or without quotation marks around it.
_OUR_REQUEST = re.compile(
    r"\b(?:reply|responda)\b(?:\s+with|\s+con)?(?:\s+de)?\s+(?:yes|si|0|ok|a\s+time|una\s+hora)\b[^.\n]*[.\n]"
    r"(?:[^.\n]*\b(?:is|es) (?:calm|calma|best|lo mejor)\b[^.\n]*[.\n]"
    r"|[^.\n]*\b(?:either answer|no wrong answer|las dos respuestas|no hay respuesta)\b[^.\n]*[.\n]"
    r"|[^.\n]*\bplease do not stop any\b[^.\n]*[.\n]|[^.\n]*\bno deje ninguna\b[^.\n]*[.\n])?",
    re.IGNORECASE,
)
_LEAST_QUOTED_WORDS = 3
_SIGNATURE = re.compile(
    r"(?:\n|^|\s)(?:-+\s*)?(?:sent from my|sent via|get outlook|enviado desde mi)\b.*\Z",
    re.IGNORECASE | re.DOTALL,
)


def reaction(raw: str) -> bool | None:
    """None if the text is no reaction to one of ours; else whether it is a fond one."""
    match = _REACTION.match(raw[:200].translate(_ACCENTS))
    if match is None:
        return None
    kind = (match["kind"] or "").lower()
    signs = (match["emoji"] or "") + (match["sign"] or "")
    return kind in _FOND or not _FOND_EMOJI.isdisjoint(signs)


def own_words(raw: str) -> str:
    """`raw` without what it quotes of ours and without a phone's signature, places kept.

    What is left out becomes blanks, so that places in the text stay what they were.
    """
    for pattern in (_FORWARDED, _SIGNATURE):
        raw = pattern.sub(_blanked, raw)
    raw = _QUOTED.sub(
        lambda m: _blanked(m) if len(m[0].split()) >= _LEAST_QUOTED_WORDS else m[0], raw
    )
    requests = list(_OUR_REQUEST.finditer(raw))
    return " " * requests[-1].end() + raw[requests[-1].end() :] if requests else raw


def _blanked(match: re.Match[str]) -> str:
    return " " * len(match[0])


def is_automatic(document: Document) -> bool:
    """Whether a phone or a carrier wrote it: an auto-reply or a bounce."""
    return document.has("machine.auto", "machine.bounce")
