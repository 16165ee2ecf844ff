"""The answer to the invitation: join, refuse, or still undecided."""

from service.domain.reading import commands, news
from service.domain.reading.labels import Intent
from service.domain.reading.request import Request


def invited(request: Request) -> list[Intent]:
    """What the answer to the invitation says: join, refuse, or still undecided."""
    document = request.document
    stop = commands.stop(document, request.lexicon)
    cry = commands.emergency(document)
    if cry:
        return [cry]
    command = commands.other_commands(document, request.lexicon, "consent")
    if stop is None and command:
        return command
    asked = news.question(document)
    agreed = document.has("yes", "command.consent_yes") and not document.has("command.undecided")
    refused = document.has("command.consent_no") and not document.has("command.undecided")
    words = document.raw.strip()
    if stop or (refused and not (agreed and document.has("soft_no"))):
        return [Intent("stop", words=words, kind="consent")]
    if agreed:
        joined = [Intent("start", words=words, kind="consent")]
        return [*joined, asked] if asked else joined
    return [asked] if asked else [Intent("unknown", words=words, kind="consent")]
