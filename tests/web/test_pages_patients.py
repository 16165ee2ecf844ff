"""The list of patients: found by name, reference and number, sorted, and paged without a gap or a repetition."""

import re

import pytest

from service.store import people_search
from service.store.people_search import PAGE, SORTS
from service.store.session import SYSTEM, ClinicScope
from tests.web.conftest import World, csrf


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page)


def find(world: World, typed: str, **more: str) -> str:
    browser = world.member("clinician")
    form = {"csrf_token": csrf(browser.get("/patients").text), "q": typed, **more}
    answer = browser.post("/patients", data=form)
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def three(world: World) -> World:
    world.patient("José", "García-Márquez", ref="NSC-77", phone="+19025552077")
    world.patient("Ana", "Ruiz", ref="XB-12", phone="+19025552078")
    world.patient("Tom", "O’Hara", ref="NSC-9", phone="+19025552079")
    return world


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("jose", ["José García-Márquez"]),
        ("MARQ", ["José García-Márquez"]),
        ("gar jo", ["José García-Márquez"]),
        ("hara", ["Tom O’Hara"]),
        ("ruiz", ["Ana Ruiz"]),
        ("nsc", ["José García-Márquez", "Tom O’Hara"]),
        ("xb-12", ["Ana Ruiz"]),
        ("902 555 2078", ["Ana Ruiz"]),
        ("+1 (902) 555-2079", ["Tom O’Hara"]),
        ("902 555 2000", []),
        ("2078", ["Ana Ruiz"]),
        ("0278", []),
        ("%", []),
        ("nobody", []),
    ],
)
def test_search(three: World, typed: str, expected: list[str]) -> None:
    page = find(three, typed, sort="reference")
    assert sorted(names(page)) == sorted(expected)
    if not expected:
        assert "Nobody at your clinic fits" in page


def test_what_is_searched_for_is_in_no_address(three: World) -> None:
    page = find(three, "ruiz")
    assert not re.search(r'href="[^"]*ruiz', page, re.IGNORECASE)
    assert "Ruiz" not in three.member("clinician").get("/patients?q=ruiz").request.path


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["José García-Márquez", "Tom O’Hara", "Ana Ruiz"]),
        ("reference", ["José García-Márquez", "Tom O’Hara", "Ana Ruiz"]),
    ],
)
def test_sorts(three: World, sort: str, expected: list[str]) -> None:
    page = three.member("clinician").get(f"/patients?sort={sort}").text
    assert names(page) == expected


def test_the_urgent_and_the_severe_come_first(world: World) -> None:
    mild, severe = world.patient("Mild", "A"), world.patient("Severe", "B")
    world.nights(mild, [2.0] * 12)
    world.nights(severe, [9.0] * 12)
    world.patient("New", "C")
    browser = world.member("clinician")
    assert names(browser.get("/patients?sort=severity").text) == ["Severe B", "Mild A", "New C"]
    page = browser.get("/patients?sort=reason").text
    assert names(page)[0] == "Severe B"
    assert "Bad nights" in page
    assert "usual 9" in page


@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_everybody_once(world: World, sort: str) -> None:
    total = PAGE + 7
    for number in range(total):
        world.patient(f"Given{number % 5}", f"Family{number % 7}")
    scope = ClinicScope(world.clinic.id)
    now = world.runtime.clock.now()
    seen: list[str] = []
    behind = None
    with world.runtime.store.transaction(scope, "test", write=False) as tx:
        while True:
            page = people_search.listed(tx, world.clinic.id, sort, behind=behind, now=now)
            assert page.total == total
            seen += [row.patient.token for row in page.rows]
            behind = page.following
            if behind is None:
                break
    assert len(seen) == len(set(seen)) == total


def test_a_page_behind_a_patient_of_another_clinic_is_the_first(world: World) -> None:
    theirs = world.patient("Zoe", "Southerly", clinic=world.other_clinic())
    world.patient("Ana", "Ruiz")
    page = world.member("clinician").get(f"/patients?behind={theirs.token}").text
    assert names(page) == ["Ana Ruiz"]


def test_an_unknown_sort_is_refused(world: World) -> None:
    assert world.member("clinician").get("/patients?sort=shoe-size").status_code == 400


def test_states_in_words(world: World) -> None:
    world.patient("Ina", "Vited", invited=True)
    page = world.member("clinician").get("/patients").text
    assert "Invited, no answer yet" in page
    assert "no night yet" in page


@pytest.mark.parametrize(("size", "opened"), [(0, True), (2000, True), (2001, False)])
def test_names_are_opened_up_to_a_size(size: int, opened: bool) -> None:
    assert people_search.may_open_names(size) is opened


def test_the_store_counts_one_clinic_only(world: World) -> None:
    world.patient(clinic=world.other_clinic())
    world.patient()
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        assert people_search.clinic_size(tx, world.clinic.id) == 1
