"""Two colleagues who save one patient in the same moment: one is told what the other changed, and nothing is lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import time
from threading import Barrier

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.entry.web import Site, create_app
from tests import world as flows
from tests.web.conftest import World
from tests.web.test_patient_edit import fields, reread

ROUNDS = 3


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """The pages on each of the two databases."""
    made = flows.make_world(database_url)
    site = Site(made.runtime, "a secret for tests only", "http://127.0.0.1", loopback=True)
    yield World(create_app(site), made.runtime, made.clinic)
    made.store.engine.dispose()


def test_who_saves_second_sees_the_conflict_and_both_changes_can_stand(world: World) -> None:
    tom = world.patient()
    where = f"/patients/{tom.token}/edit"
    browsers = [world.member("clinician"), world.member("clinic_admin")]
    for minute in range(ROUNDS):
        mine = [{"wake_time": f"06:{minute:02}"}, {"bedtime": f"22:{minute:02}"}]
        forms = [
            {**fields(browser.get(where).text), **change}
            for browser, change in zip(browsers, mine, strict=True)
        ]
        both_ready = Barrier(2)

        def save(browser: FlaskClient, form: dict[str, str], start: Barrier) -> TestResponse:
            start.wait(timeout=20)
            return browser.post(where, data=form)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(save, browsers, forms, [both_ready] * 2))
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        [loser] = [at for at, answer in enumerate(answers) if answer.status_code == 409]
        assert 'id="meanwhile"' in answers[loser].text
        again = {**fields(answers[loser].text), **mine[loser]}
        assert browsers[loser].post(where, data=again).status_code == 302
        now = reread(world, tom)
        assert (now.wake_time, now.bedtime) == (time(6, minute), time(22, minute))
