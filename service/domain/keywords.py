"""The single words a provider answers itself (twilio.md section 9: Advanced Opt-Out's default words)."""

PROVIDER_STOP = frozenset(
    {"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"}
)
PROVIDER_HELP = frozenset({"help", "info"})


def is_provider_keyword(body: str) -> bool:
    """Whether the provider, seeing this text, confirms the opt-out or answers the HELP itself."""
    return body.strip().lower() in PROVIDER_STOP | PROVIDER_HELP
