"""Settings: unknown names refused, secrets by file, what a real provider needs."""

from pathlib import Path

import pytest

from service.config import Settings, SettingsError, read_settings

TWILIO = {
    "EVENFALL_GATEWAY": "twilio",
    "EVENFALL_TWILIO_ACCOUNT_SID": "AC1",
    "EVENFALL_TWILIO_AUTH_TOKEN": "secret",
    "EVENFALL_TWILIO_MESSAGING_SERVICE_SID": "MG1",
    "EVENFALL_SEND_RATE": "3",
}


def test_without_anything_it_is_harmless() -> None:
    settings = read_settings({})
    assert (settings.gateway, settings.rate(), settings.is_loopback()) == ("simulated", None, True)
    assert not settings.provider_confirms_opt_out()


@pytest.mark.parametrize("name", ["EVENFALL_GATWAY", "EVENFALL_", "EVENFALL_BIND_FILE"])
def test_a_name_we_do_not_know_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not a setting"):
        read_settings({name: "x"})


def test_other_programs_variables_are_none_of_our_business() -> None:
    assert read_settings({"PATH": "/bin", "GATEWAY": "twilio"}) == read_settings({})


@pytest.mark.parametrize("missing", [name for name in TWILIO if name != "EVENFALL_GATEWAY"])
def test_twilio_needs_all_of_its_settings(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        read_settings({name: value for name, value in TWILIO.items() if name != missing})


def test_twilio_confirms_opt_outs_itself_unless_told_otherwise() -> None:
    assert read_settings(TWILIO).provider_confirms_opt_out()
    ours = TWILIO | {"EVENFALL_OPT_OUT_REPLIES": "ours"}
    assert not read_settings(ours).provider_confirms_opt_out()


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("from a file\n")
    given = TWILIO | {"EVENFALL_TWILIO_AUTH_TOKEN_FILE": str(path)}
    del given["EVENFALL_TWILIO_AUTH_TOKEN"]
    settings = read_settings(given)
    assert settings.twilio_auth_token.get_secret_value() == "from a file"
    assert "from a file" not in repr(settings)
    with pytest.raises(SettingsError, match="cannot read"):
        read_settings({"EVENFALL_SECRET_KEY_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize(
    ("value", "rate"), [("", None), ("unlimited", None), ("1", 1.0), ("0.5", 0.5)]
)
def test_rates(value: str, rate: float | None) -> None:
    assert read_settings({"EVENFALL_SEND_RATE": value}).rate() == rate


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EVENFALL_SEND_RATE", "0"),
        ("EVENFALL_SEND_RATE", "-1"),
        ("EVENFALL_SEND_RATE", "fast"),
        ("EVENFALL_SEND_RATE", "nan"),
        ("EVENFALL_SEND_CONCURRENCY", "0"),
        ("EVENFALL_SEND_CONCURRENCY", "many"),
        ("EVENFALL_GATEWAY", "carrier pigeon"),
        ("EVENFALL_OPT_OUT_REPLIES", "nobody"),
        ("EVENFALL_SMTP_PORT", "0"),
        ("EVENFALL_SMTP_HOST", "mail.example.org"),
        ("EVENFALL_OPERATOR_WEBHOOK_URL", "https://op.example.org"),
    ],
)
def test_a_value_that_cannot_be_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError):
        read_settings({name: value})


@pytest.mark.parametrize(
    ("bind", "address", "loopback"),
    [
        ("127.0.0.1:8000", ("127.0.0.1", 8000), True),
        ("[::1]:80", ("::1", 80), True),
        ("0.0.0.0:8000", ("0.0.0.0", 8000), False),  # noqa: S104 (the point of the case)
        ("clinic.example:443", ("clinic.example", 443), False),
    ],
)
def test_addresses(bind: str, address: tuple[str, int], loopback: bool) -> None:
    settings = Settings(bind=bind)
    assert (settings.bind_address(), settings.is_loopback()) == (address, loopback)


@pytest.mark.parametrize("bind", ["8000", ":8000", "host", "host:http"])
def test_an_address_that_is_none_is_refused(bind: str) -> None:
    with pytest.raises(SettingsError, match="HOST:PORT"):
        Settings(bind=bind).bind_address()


def test_the_operators_webhook_is_signed_and_over_https() -> None:
    known = {"EVENFALL_OPERATOR_WEBHOOK_SECRET": "s"}
    url = "https://op.example.org"
    assert read_settings({**known, "EVENFALL_OPERATOR_WEBHOOK_URL": url})
    with pytest.raises(SettingsError, match="https://"):
        read_settings({**known, "EVENFALL_OPERATOR_WEBHOOK_URL": "http://op.example.org"})
