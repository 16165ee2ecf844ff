"""Settings: EVENFALL_ variables and their *_FILE twins, read once at the edge. Unknown names are refused."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "EVENFALL_"
SECRETS = (
    "TWILIO_AUTH_TOKEN",
    "TWILIO_AUTH_TOKEN_OLD",
    "SECRET_KEY",
    "DATABASE_URL",
    "OPERATOR_WEBHOOK_URL",
    "OPERATOR_WEBHOOK_SECRET",
    "SMTP_PASSWORD",
)
UNLIMITED = "unlimited"


class SettingsError(Exception):
    """The settings cannot be used; the message says which, why and what to do."""


class Settings(BaseSettings):
    """Every setting, by its name without the prefix. docs/settings.md says what each is for."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    database_url: str = "sqlite:///var/evenfall.db"
    gateway: Literal["simulated", "twilio"] = "simulated"
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_auth_token_old: SecretStr = SecretStr("")
    twilio_messaging_service_sid: str = ""
    twilio_base_url: str = "https://api.twilio.com"
    public_url: str = "http://127.0.0.1:8000"
    bind: str = "127.0.0.1:8000"
    secret_key: SecretStr = SecretStr("")
    keys_file: Path = Path("var/keys.json")
    send_concurrency: int = Field(default=200, ge=1, le=2000)
    send_rate: str = ""
    opt_out_replies: Literal["", "provider", "ours"] = ""
    operator_webhook_url: str = ""
    operator_webhook_secret: SecretStr = SecretStr("")
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = ""
    audit_heads_file: Path | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.gateway == "twilio":
            missing = [
                PREFIX + name.upper()
                for name in (
                    "twilio_account_sid",
                    "twilio_auth_token",
                    "twilio_messaging_service_sid",
                    "send_rate",
                )
                if not _plain(getattr(self, name))
            ]
            if missing:
                raise ValueError(f"GATEWAY=twilio needs {', '.join(missing)}")
        self._check_paging()
        self.rate()
        return self

    def _check_paging(self) -> None:
        """What pages need together: an e-mail its sender, the operator's webhook its secret."""
        if self.smtp_host and not self.smtp_from:
            raise ValueError(
                f"{PREFIX}SMTP_HOST needs {PREFIX}SMTP_FROM, the address pages come from"
            )
        if self.operator_webhook_url:
            if not self.operator_webhook_url.startswith("https://"):
                raise ValueError(f"{PREFIX}OPERATOR_WEBHOOK_URL begins with https://")
            if not self.operator_webhook_secret.get_secret_value():
                raise ValueError(
                    f"{PREFIX}OPERATOR_WEBHOOK_URL needs {PREFIX}OPERATOR_WEBHOOK_SECRET, which signs what is posted"
                )

    def rate(self) -> float | None:
        """Segments a second for each sender; None = unlimited."""
        if self.send_rate in {"", UNLIMITED}:
            return None
        try:
            rate = float(self.send_rate)
        except ValueError:
            rate = 0.0
        if not rate > 0:  # neither is nan
            raise ValueError(
                f"SEND_RATE is a number of segments a second, or {UNLIMITED!r}; not {self.send_rate!r}"
            )
        return rate

    def provider_confirms_opt_out(self) -> bool:
        """Whether the provider itself answers a bare STOP or HELP."""
        return (
            self.opt_out_replies or ("provider" if self.gateway == "twilio" else "ours")
        ) == "provider"

    def bind_address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.bind.rpartition(":")
        if not host or not port.isdigit():
            raise SettingsError(f"{PREFIX}BIND is HOST:PORT, not {self.bind!r}")
        return host.strip("[]"), int(port)

    def is_loopback(self) -> bool:
        """Whether only this machine can reach the pages."""
        return self.bind_address()[0] in {"127.0.0.1", "::1", "localhost"}


def read_settings(environment: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Settings from `environment` (this process's own when None); `overrides` win. SettingsError on any fault."""
    source = dict(os.environ if environment is None else environment)
    values: dict[str, object] = {}
    for name, value in source.items():
        if not name.startswith(PREFIX):
            continue
        key = name.removeprefix(PREFIX)
        if key.endswith("_FILE") and key.removesuffix("_FILE") in SECRETS:
            key, value = key.removesuffix("_FILE"), _contents(name, value)
        if key.lower() not in Settings.model_fields:
            raise SettingsError(
                f"{name} is not a setting of Evenfall; docs/settings.md lists them all"
            )
        values[key.lower()] = value
    try:
        return Settings.model_validate({**values, **overrides})
    except ValidationError as fault:
        lines = "; ".join(_sentence(error["loc"], error["msg"]) for error in fault.errors())
        raise SettingsError(lines) from None


def _contents(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as fault:
        raise SettingsError(f"{name}: cannot read {path}: {fault.strerror}") from None


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    name = PREFIX + str(location[0]).upper() + ": " if location else ""
    return name + message.removeprefix("Value error, ")
