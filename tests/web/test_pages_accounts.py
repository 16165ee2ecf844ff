"""Sign-in, invitations, roles, scope and what every answer carries."""

import pytest

from service.store import users
from service.store.session import SYSTEM
from tests.web.conftest import LONG_AGO, PASSWORD, PASSWORD_HASH, World, csrf, sign_in

REFUSED = "do not belong together"


def test_who_signs_in_sees_today(world: World) -> None:
    page = world.member("clinician").get("/")
    assert page.status_code == 200
    assert "There are no patients yet." in page.text
    assert "Northside Sleep Clinic" in page.text


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("known@example.org", "wrong horse battery"),
        ("nobody@example.org", PASSWORD),
        ("invited@example.org", PASSWORD),
        ("closed@example.org", PASSWORD),
    ],
)
def test_every_refusal_reads_the_same(world: World, email: str, password: str) -> None:
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        users.add_user(tx, 1, "known@example.org", "K", ["clinician"], PASSWORD_HASH, LONG_AGO)
        users.invite(tx, 1, "invited@example.org", ["clinician"], LONG_AGO)
        closed = users.add_user(
            tx, 1, "closed@example.org", "C", ["clinician"], PASSWORD_HASH, LONG_AGO
        )
        users.change_user(tx, closed.id, active=False)
    browser = world.app.test_client()
    answer = sign_in(browser, email, password)
    assert answer.status_code == 200
    assert REFUSED in answer.text
    assert browser.get("/").status_code == 302


def test_sign_in_needs_the_token_of_its_form(world: World) -> None:
    browser = world.app.test_client()
    answer = browser.post("/sign-in", data={"email": "a@example.org", "password": PASSWORD})
    assert answer.status_code == 400
    assert "too old to be sent" in answer.text


def test_sign_out_is_posted_with_its_token(world: World) -> None:
    browser = world.member("clinician")
    assert browser.get("/sign-out").status_code == 405
    assert browser.post("/sign-out").status_code == 400
    assert browser.get("/").status_code == 200
    token = csrf(browser.get("/").text)
    assert browser.post("/sign-out", data={"csrf_token": token}).status_code == 302
    assert browser.get("/").status_code == 302


def test_nothing_outlives_the_session(world: World) -> None:
    page = world.app.test_client().get("/sign-in").text
    assert "remember" not in page
    answer = world.member("clinician").get("/")
    assert "remember" not in str(answer.headers)


def test_an_invitation_is_taken_up_once(world: World) -> None:
    now = world.runtime.clock.wall()
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        raw = users.invite(tx, world.clinic.id, "New@Example.org", ["clinician"], now)
    browser = world.app.test_client()
    form = {"csrf_token": csrf(browser.get(f"/join/{raw}").text), "name": "Sam Reyes"}
    short = browser.post(f"/join/{raw}", data=form | {"password": "short"})
    assert short.status_code == 400
    assert "at least 12 characters" in short.text
    assert 'value="Sam Reyes"' in short.text
    assert browser.post(f"/join/{raw}", data=form | {"password": PASSWORD}).status_code == 302
    assert sign_in(world.app.test_client(), "new@example.org", PASSWORD).status_code == 302
    assert browser.get(f"/join/{raw}").status_code == 410
    assert browser.post(f"/join/{raw}", data=form | {"password": PASSWORD}).status_code == 410


def test_an_invitation_lapses(world: World) -> None:
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        raw = users.invite(tx, world.clinic.id, "late@example.org", ["clinician"], LONG_AGO)
    assert world.app.test_client().get(f"/join/{raw}").status_code == 410


def test_an_unknown_role_is_refused(world: World) -> None:
    with (
        pytest.raises(ValueError, match="no role king"),
        world.runtime.store.transaction(SYSTEM, "test") as tx,
    ):
        users.invite(tx, world.clinic.id, "a@example.org", ["king"], LONG_AGO)


@pytest.mark.parametrize(
    ("role", "path", "expected"),
    [
        ("clinician", "/", 200),
        ("clinician", "/patients", 200),
        ("clinic_admin", "/", 200),
        ("auditor", "/", 200),
        ("auditor", "/patients", 200),
        ("auditor", "patient", 200),
        ("programme_admin", "/", 302),
        ("programme_admin", "/patients", 403),
        ("programme_admin", "patient", 403),
    ],
)
def test_roles_see_what_is_theirs(world: World, role: str, path: str, expected: int) -> None:
    patient = world.patient()
    where = f"/patients/{patient.token}" if path == "patient" else path
    answer = world.member(role).get(where)
    assert answer.status_code == expected
    if expected == 403:
        assert "Whitfield" not in answer.text


def test_an_auditor_changes_nothing(world: World) -> None:
    patient = world.patient()
    world.hears(world.phone_of(patient), "chest pain")
    browser = world.member("auditor")
    page = browser.get("/").text
    assert "Resolve" not in page
    token = csrf(page)
    for path in (f"/patients/{patient.token}/pause", f"/patients/{patient.token}/resume"):
        assert browser.post(path, data={"csrf_token": token}).status_code == 403


def test_another_clinics_patient_looks_like_a_missing_one(world: World) -> None:
    theirs = world.patient("Zoe", "Southerly", clinic=world.other_clinic())
    browser = world.member("clinician", "clinic_admin")
    missing = browser.get("/patients/there-is-none-of-this")
    other = browser.get(f"/patients/{theirs.token}")
    assert (other.status_code, other.text) == (missing.status_code, missing.text)
    token = csrf(browser.get("/").text)
    paused = browser.post(f"/patients/{theirs.token}/pause", data={"csrf_token": token})
    assert paused.status_code == 404
    assert "Southerly" not in browser.get("/patients").text


HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self';"
    " form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}


@pytest.mark.parametrize("path", ["/", "/sign-in", "/patients", "/nothing", "/livez", "/join/x"])
def test_every_answer_is_protected(world: World, path: str) -> None:
    answer = world.member("clinician").get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    ("loopback", "name", "secure"), [(True, "evenfall=", False), (False, "__Host-evenfall=", True)]
)
def test_the_cookie_is_flagged(make_world, loopback: bool, name: str, secure: bool) -> None:
    browser = make_world(loopback=loopback).app.test_client()
    cookie = browser.get("/sign-in", base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith(name)
    assert ("Secure" in cookie) is secure
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_too_much_is_refused_in_our_look(world: World) -> None:
    answer = world.app.test_client().post("/sign-in", data={"email": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "That is too large." in answer.text
    assert "A programme’s file has at most 256 KB" in answer.text


def test_a_file_too_long_for_a_programme_is_told_the_same_limit_as_on_the_command_line(
    world: World,
) -> None:
    browser = world.member("programme_admin")
    where = "/programmes/caffeine/source"
    form = {"csrf_token": csrf(browser.get(where).text), "based_on": "1", "act": "preview"}
    answer = browser.post(where, data={**form, "source": "# é\n" * 70_000})
    assert answer.status_code == 400
    assert "larger than 256 KB" in answer.text


def test_health_names_what_fails(world: World) -> None:
    browser = world.app.test_client()
    assert browser.get("/livez").json == {"status": "ok"}
    assert browser.get("/readyz").json == {"status": "ok", "failing": []}
    with world.runtime.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    failing = browser.get("/readyz")
    assert (failing.status_code, failing.json["failing"]) == (503, ["database"])
