"""The provider's error codes: what each means for the text, the channel and the person who reads of it."""

from dataclasses import dataclass
from enum import StrEnum


class CodeClass(StrEnum):
    """What a code asks of us."""

    TRANSIENT = "transient"  # refused for now: may be tried again until not_after
    UNKNOWN = "unknown"  # may have left us: reconciled, never sent again by the machine
    PERMANENT = "permanent"  # this number or text will not work
    OPT_OUT = "opt_out"  # the recipient told the provider to stop
    ACCOUNT = "account"  # nothing can be sent until a person acts
    ENDED = "ended"  # a text that was accepted ended without arriving
    OURS = "ours"  # so did this one, for a reason that says nothing of the number


@dataclass(frozen=True, slots=True)
class Code:
    """One code's class and a sentence staff understand; `slows`: the sender was used faster than it may be."""

    kind: CodeClass
    sentence: str
    slows: bool = False


_T, _U, _P, _O, _A, _E, _S = CodeClass

# Sources: the provider's own page for each code; classes are our judgement. 21408 is no matter of the account: one
# number abroad must not stop everybody's texts.
CODES: dict[int, Code] = {
    11200: Code(
        _S, "The provider could not reach our webhook; see that the public address answers."
    ),
    11205: Code(
        _S, "The provider could not connect to our webhook; see that the public address answers."
    ),
    12100: Code(_S, "The provider could not read our webhook’s answer."),
    12200: Code(_S, "The provider found our webhook’s answer invalid."),
    20003: Code(_A, "The provider refused our account’s credentials."),
    20429: Code(_T, "The provider asked us to slow down."),
    20500: Code(_U, "The provider had an internal fault; the text may or may not have left."),
    20503: Code(_U, "The provider was unavailable; the text may or may not have left."),
    21211: Code(_P, "The number is not a valid phone number."),
    21212: Code(_A, "Our sender number is not valid."),
    21408: Code(_P, "The account may not send to this number’s country."),
    21606: Code(_A, "Our sender number cannot send texts."),
    21608: Code(_A, "The account may only text verified numbers."),
    21610: Code(_O, "The person told the provider to stop texts from us."),
    21611: Code(_T, "Our sender’s queue at the provider is full.", slows=True),
    21612: Code(_P, "The provider cannot reach this number from our sender."),
    21614: Code(_P, "The number is not a mobile phone."),
    21617: Code(_S, "The text is too long for the provider."),
    21635: Code(_P, "The number is a landline."),
    30001: Code(_S, "The provider’s queue overflowed.", slows=True),
    30002: Code(_A, "The provider suspended the account."),
    30003: Code(_E, "The phone is off or out of reach."),
    30004: Code(_E, "The carrier or the person blocks texts from us."),
    30005: Code(_P, "The number is unknown or not in service."),
    30006: Code(_P, "The number is a landline or its carrier is out of reach."),
    30007: Code(_A, "The carriers filter our texts as unwanted."),
    30008: Code(_E, "The carrier gave no reason."),
    30022: Code(_S, "Our sender exceeded its rate for this carrier.", slows=True),
    30029: Code(_A, "The account may not keep texts without redaction."),
    30030: Code(_A, "The account may not keep numbers without redaction."),
    30032: Code(_A, "The toll-free sender is not verified."),
    30034: Code(_A, "The sender is not registered with the carriers."),
    30036: Code(_S, "The time in which the text is of use passed on the way."),
    30410: Code(_S, "The carrier did not answer in time; the text may have arrived."),
    30450: Code(
        _S, "The provider’s fraud protection stopped the text; ask it to list the number as safe."
    ),
    30500: Code(_S, "The provider had an internal fault after accepting the text."),
    30610: Code(_S, "The provider’s quiet-hours policy stopped the text."),
    30640: Code(_S, "The provider’s policy stopped the text."),
    35114: Code(_S, "The provider was asked to send at a time it does not take."),
    35115: Code(_S, "The provider was asked to send too soon or too far ahead."),
    35125: Code(_S, "The account holds too many texts for later."),
    57012: Code(_S, "A message said to be the provider’s was not signed by it."),
    63003: Code(_P, "The number is not on WhatsApp."),
    63014: Code(_O, "The person blocked our texts or opted out of them."),
    63016: Code(_S, "WhatsApp takes only approved templates a day after the person last wrote."),
    63018: Code(_S, "Our sender exceeded its rate on WhatsApp.", slows=True),
    63038: Code(_A, "The account has used up its texts of the day."),
}
_OTHER = Code(CodeClass.ENDED, "Undelivered for a reason the provider did not explain.")


# Answered to any request of ours, whatever the text: credentials, address or method are wrong, or the account is empty.
_FOR_EVERY_TEXT = frozenset({401, 402, 403, 404, 405})


def meaning(code: int) -> Code:
    """The meaning of a provider code; one we do not know ends the text as undelivered, other."""
    return CODES.get(code, _OTHER)


def refused(code: int, http_status: int) -> CodeClass:
    """The class of a refused create request.

    A 429 was never processed; any 5xx may have been (the provider's reliability pages), so it is unknown, as is
    a redirect, which no provider sends. Without a code we know, a 4xx that would meet every text stops the channel,
    and another ends the text for good, as does a code that else ends an accepted one.
    """
    if http_status == 429:
        return CodeClass.TRANSIENT
    if http_status >= 500 or http_status < 400 or http_status == 408:
        return CodeClass.UNKNOWN
    if http_status in _FOR_EVERY_TEXT and code not in CODES:
        return CodeClass.ACCOUNT
    kind = meaning(code).kind
    return CodeClass.PERMANENT if kind in {CodeClass.ENDED, CodeClass.OURS} else kind
