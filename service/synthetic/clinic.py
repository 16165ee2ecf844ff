"""The demo's clinic: sixty patients, among them those a visitor should find."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from random import Random

from service.domain.own_week import CHOSE_WEEK
from service.domain.paging import Channel, Line
from service.store.people import NewClinic, NewPatient
from service.synthetic.people import Person, ordinary_person, phrases

CLINIC = NewClinic(
    slug="northside",
    name="Northside Sleep Clinic",
    alias="Northside Clinic",
    zone="America/Halifax",
    language="en",
    phone="902-555-0140",
    emergency="911",
    crisis="988",
    poison="1-844-764-7669",
    sender="+19025550140",
    synthetic=True,
)
# Nobody is called: pages are simulated where texts are.
ON_CALL = (
    (Channel.TEXT, Line.FIRST, "+19025550151", ""),
    (Channel.EMAIL, Line.FIRST, "oncall@northside.example", ""),
    (Channel.TEXT, Line.SECOND, "+19025550152", ""),
    (
        Channel.WEBHOOK,
        Line.SECOND,
        "https://duty.northside.example/evenfall",
        "not a secret, a story",
    ),
)
WIDE = "08:00-23:30"
# How far into the story each lead joins: a trend needs a long one, a silence does not.
LEADS_JOIN_PERCENT = (0, 0, 60, 65, 60, 60, 70)
# Peter's phone, which goes out of service towards the end.
DEAD_NUMBER = "+19025551003"
# Sorted so that most live in the clinic's own zone.
ZONES = ("America/Halifax",) * 7 + ("America/New_York", "America/St_Johns", "Europe/London")


@dataclass(frozen=True, slots=True)
class Cast:
    """One patient of the story: what the clinic knows, how the person is, and on which night they are enrolled."""

    patient: NewPatient
    person: Person
    enrolled_night: int


def cast(patients: int, nights: int, today: date, seed: int) -> list[Cast]:
    """The patients of the story, the ones to be found first. `today` is the last day of the story."""
    chance = Random(seed)  # noqa: S311 (a story, not a secret)
    leads = _leads(nights, today)
    others = [_other(number, nights, today, chance) for number in range(len(leads), patients)]
    return (leads + others)[:patients]


def _names(kind: str) -> list[str]:
    return list(phrases()["names"][kind])


def _phone(number: int) -> str:
    return f"+1902555{1000 + number}"


def _patient(number: int, given: str, **known: object) -> NewPatient:
    values = {
        "ref": f"NSC-{1100 + number}",
        "given_name": given,
        "family_name": _names("family")[number % len(_names("family"))],
        "born": date(1942 + (number * 7) % 44, 1 + number % 12, 1 + (number * 5) % 28).isoformat(),
        "phone": _phone(number),
        "zone": CLINIC.zone,
        "language": "en",
        "bedtime": time(23),
        "wake_time": time(7),
        **known,
    }
    return NewPatient(**values)  # type: ignore[arg-type]  # keyword values, checked by the dataclass


def _leads(nights: int, today: date) -> list[Cast]:
    """A visitor should find these: each shows one thing the clinic must see."""
    start = (today - timedelta(days=nights)).isoformat()
    lab = (today + timedelta(days=2)).isoformat()
    changed = (today - timedelta(days=2)).isoformat()
    stories = _stories(nights, start, lab, changed)
    joined = [nights * percent // 100 for percent in LEADS_JOIN_PERCENT]
    # A week of Tom's programmes begins today: its places are free, so that a visitor sees his texts come.
    joined[0] = (nights - 1) % 7
    return [
        _lead(number, given, known, life, joined=joined[number])
        for number, (given, known, life) in enumerate(stories)
    ]


def _stories(
    nights: int, start: str, lab: str, changed: str
) -> list[tuple[str, dict[str, object], dict[str, object]]]:
    """Given name, what the clinic knows, and how the person lives."""
    # Asked every morning now, since his medicine has just changed.
    tom = {"uses_caffeine": "yes", "treatment_start": start, "medicine_change": changed}
    tom[CHOSE_WEEK] = "yes"
    return [
        (
            "Tom",
            {"facts": tom, "window": WIDE},
            {"severity": 4.0, "worse_days": 16, "worst": 9.4, "replies": 1.0, "spread": 0.4},
        ),
        (
            "Joan",
            {"facts": {"dopamine_agonist": "yes", "uses_caffeine": "yes"}, "privacy": "plain"},
            {"severity": 5.5, "onset": 490, "onset_now": 270, "earlier": True, "replies": 0.97},
        ),
        ("Grace", {"facts": {"drinks": "fri,sat"}}, {"severity": 3.5, "silent_days": 9}),
        ("Peter", {"facts": {"exercise_cleared": "yes"}}, {"severity": 3.0}),
        ("Omar", {"facts": {"uses_caffeine": "yes"}}, {"severity": 5.0, "stops_day": nights // 4}),
        (
            "Edith",
            {
                "facts": {
                    "iron_oral": "alternate",
                    "iron_start": start,
                    "next_lab": lab,
                    "last_ferritin": f"48@{start}",
                },
                "privacy": "plain",
            },
            {"severity": 4.0, "keeps": 0.92, "replies": 0.95},
        ),
        (
            "Leo",
            {"bedtime": time(8, 30), "wake_time": time(16), "window": "17:00-08:00", "facts": {}},
            {"severity": 4.0, "onset": 1080},
        ),
    ]


ASKS = {
    "Joan": ("score", "can i come in sooner than my appointment"),
    "Edith": ("iron", "Is it ok to take it with my magnesium?"),
}


def _lead(
    number: int, given: str, known: dict[str, object], life: dict[str, object], joined: int
) -> Cast:
    patient = _patient(number, given, **known)
    asks = ASKS.get(given, ("", ""))
    person = Person(patient.phone, "en", bedtime=patient.bedtime, asks=asks, **life)  # type: ignore[arg-type]  # as above
    return Cast(patient, person, joined)


def _other(number: int, nights: int, today: date, chance: Random) -> Cast:
    # Every eighth, each with a name of their own.
    spanish = number % 8 == 7
    language, place = ("es", number // 8) if spanish else ("en", number)
    names = _names(language)
    bedtime = chance.choice(
        (time(22), time(22, 30), time(22, 30), time(23), time(23, 30), time(0, 15))
    )
    wake = time(6 + chance.randint(0, 1), chance.choice((0, 30)))
    # The clinic grows: more join towards the end.
    joined = int(nights * 0.95 * chance.random() ** 0.15)
    patient = _patient(
        number,
        names[place % len(names)],
        language=language,
        zone=chance.choice(ZONES),
        bedtime=bedtime,
        wake_time=wake,
        privacy="plain" if chance.random() < 0.4 else "discreet",
        window="08:00-23:00" if chance.random() < 0.3 else "08:00-20:30",
        facts=_facts(today - timedelta(days=nights - joined), chance),
    )
    person = ordinary_person(patient.phone, language, bedtime, chance)
    joins = number % 29 != 28
    # The last who does not answer was invited yesterday: a visitor can say YES on this phone.
    is_fresh = not joins and number > 29
    return Cast(patient, replace(person, joins=joins), nights - 1 if is_fresh else joined)


def _facts(since: date, chance: Random) -> dict[str, str]:
    likely = {
        "uses_caffeine": 0.7,
        "exercise_cleared": 0.35,
        "uses_nicotine": 0.12,
        "family_history": 0.3,
        "diabetes": 0.1,
        "compression_ordered": 0.08,
    }
    facts = {code: "yes" for code, share in likely.items() if chance.random() < share}
    if chance.random() < 0.3:
        facts["drinks"] = "fri,sat"
    if chance.random() < 0.35:
        facts |= {
            "iron_oral": chance.choice(("daily", "alternate")),
            "iron_start": since.isoformat(),
        }
    return facts
