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


@dataclass(frozen=True, slots=True)
class Code:
    """One code's class and a sentence staff understand."""

    kind: CodeClass
    sentence: str


_T, _U, _P, _O, _A, _E = CodeClass

# Sources: the provider's own page for each code; classes are our judgement.
CODES: dict[int, Code] = {
    20003: Code(_A, "The provider refused our account's credentials."),
    20429: Code(_T, "The provider asked us to slow down."),
    20500: Code(_U, "The provider had an internal fault; the text may or may not have left."),
    20503: Code(_U, "The provider was unavailable; the text may or may not have left."),
    21211: Code(_P, "The number is not a valid phone number."),
    21212: Code(_A, "Our sender number is not valid."),
    21408: Code(_A, "The account may not send to this country."),
    21606: Code(_A, "Our sender number cannot send texts."),
    21608: Code(_A, "The account may only text verified numbers."),
    21610: Code(_O, "The person told the provider to stop texts from us."),
    21611: Code(_T, "Our sender's queue at the provider is full."),
    21612: Code(_P, "The provider cannot reach this number from our sender."),
    21614: Code(_P, "The number is not a mobile phone."),
    21617: Code(_P, "The text is too long for the provider."),
    21635: Code(_P, "The number is a landline."),
    30001: Code(_E, "The provider's queue overflowed."),
    30002: Code(_A, "The provider suspended the account."),
    30003: Code(_E, "The phone is off or out of reach."),
    30004: Code(_E, "The carrier or the person blocks texts from us."),
    30005: Code(_P, "The number is unknown or not in service."),
    30006: Code(_P, "The number is a landline or its carrier is out of reach."),
    30007: Code(_E, "The carrier filtered the text as unwanted."),
    30008: Code(_E, "The carrier gave no reason."),
    30022: Code(_E, "Our sender exceeded its rate for this carrier."),
    30032: Code(_A, "The toll-free sender is not verified."),
    30034: Code(_A, "The sender is not registered with the carriers."),
    30036: Code(_E, "The time in which the text is of use passed on the way."),
    30410: Code(_E, "The carrier did not answer in time; the text may have arrived."),
    30450: Code(_E, "The provider's fraud protection stopped the text."),
    30500: Code(_E, "The provider had an internal fault after accepting the text."),
    30610: Code(_E, "The provider's quiet-hours policy stopped the text."),
    30640: Code(_E, "The provider's policy stopped the text."),
}
_OTHER = Code(CodeClass.ENDED, "Undelivered for a reason the provider did not explain.")


def meaning(code: int) -> Code:
    """The meaning of a provider code; one we do not know ends the text as undelivered, other."""
    return CODES.get(code, _OTHER)


def refused(code: int, http_status: int) -> CodeClass:
    """The class of a refused create request.

    A 429 was never processed; any 5xx may have been (the provider's reliability pages), so it is unknown.
    A known code of class ENDED in answer to a create, or an unknown 4xx, ends the text for good.
    """
    if http_status == 429:
        return CodeClass.TRANSIENT
    if http_status >= 500:
        return CodeClass.UNKNOWN
    if http_status in {401, 403} and code not in CODES:
        return CodeClass.ACCOUNT
    kind = meaning(code).kind
    return CodeClass.PERMANENT if kind is CodeClass.ENDED else kind
