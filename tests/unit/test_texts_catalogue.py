"""The catalogue: what is shipped, what a patient gets for an id, and what a broken file says."""

from pathlib import Path

import pytest

from message_templates.catalogue import Catalogue, Privacy, Variant, load
from message_templates.fault import CatalogueError
from tests.texts import without

HINTS = (
    '[hints]\nyes_no = "YES or NO"\niron_yn = "YES"\nbedtime_ask = "a"\n'
    'onset_time = "b"\nweekly_3 = "c"\nnights_0_7 = "d"\n'
)


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load()


def test_every_text_of_the_design_is_shipped(shipped: Catalogue) -> None:
    counts = {lang: sum(1 for _, other in shipped.texts if other == lang) for lang in ("en", "es")}
    assert counts == {"en": 103, "es": 103}
    assert shipped.languages == ("en", "es")


def test_every_spanish_text_awaits_its_review(shipped: Catalogue) -> None:
    assert {t.review_pending for (_, lang), t in shipped.texts.items() if lang == "es"} == {True}
    assert {t.review_pending for (_, lang), t in shipped.texts.items() if lang == "en"} == {False}


def test_properties_belong_to_the_id_in_every_language(shipped: Catalogue) -> None:
    english, spanish = shipped.texts["IRN-01", "en"], shipped.texts["IRN-01", "es"]
    assert (english.asks, english.starred, english.discreet) == ("iron_yn", True, "IRN-02")
    assert english.safety
    assert (spanish.asks, spanish.only_if, spanish.not_if, spanish.safety) == (
        "iron_yn",
        ("iron_oral",),
        ("iron_iv_only", "iron_overload"),
        True,
    )


@pytest.mark.parametrize(
    ("text_id", "language", "privacy", "expected"),
    [
        ("SYM-01", "en", "plain", Variant("SYM-01", gated=False)),
        ("SYM-01", "en", "discreet", Variant("SYM-02", gated=False)),
        ("SYM-03", "es", "discreet", Variant("SYS-17", gated=False)),
        ("WK-01", "es", "discreet", Variant("WK-03", gated=False)),
        ("SYM-04", "en", "discreet", Variant("SYM-04", gated=True)),
        ("SYM-04", "en", "plain", Variant("SYM-04", gated=False)),
        ("IRN-07", "en", "discreet", Variant("IRN-07", gated=True)),
        ("AUG-01", "es", "discreet", Variant("AUG-01", gated=True)),
        ("AUG-02", "es", "discreet", Variant("AUG-02", gated=False)),
        ("SLP-01", "en", "discreet", Variant("SLP-01", gated=False)),
        ("SLP-01", "es", "discreet", Variant("SLP-01", gated=False)),
        ("EDU-01", "es", "discreet", Variant("EDU-01", gated=True)),
        ("SYM-01", "fr", "plain", Variant(None, gated=False)),
    ],
)
def test_variant(
    shipped: Catalogue, text_id: str, language: str, privacy: Privacy, expected: Variant
) -> None:
    assert shipped.variant(text_id, language, privacy) == expected


@pytest.mark.parametrize(
    ("kind", "english", "spanish"),
    [
        ("iron_yn", "YES, NO or LATER", "SI, NO o LUEGO"),
        ("caffeine_yn", "YES or NO", "SI o NO"),
        ("consent", "YES or NO", "SI o NO"),
        ("weekly_3", "3 numbers: 5 2 4", "3 notas: 5 2 4"),
        ("onset_time", "a time or NONE", "una hora o NADA"),
        ("symptom_0_10", None, None),
        ("gate", None, None),
    ],
)
def test_hint(shipped: Catalogue, kind: str, english: str | None, spanish: str | None) -> None:
    assert (shipped.hint(kind, "en"), shipped.hint(kind, "es")) == (english, spanish)


@pytest.mark.parametrize("lacking", ["SYM-02", "GATE-01"])
def test_what_a_language_lacks_is_never_another_language(lacking: str) -> None:
    found = without("es", lacking, "EDU-01")
    assert found.variant("EDU-01", "es", "plain") == Variant(None, gated=False)
    stood_in = "SYM-01" if lacking == "SYM-02" else "AUG-01"
    assert found.variant(stood_in, "es", "discreet") == Variant(None, gated=False)


def test_a_clinics_wordings_replace_and_add() -> None:
    shipped = without("es", "CAF-02")
    own = shipped.with_bodies({("CAF-03", "en"): "Kept it?", ("CAF-02", "es"): "Lea una etiqueta."})
    assert own.texts["CAF-03", "en"].body == "Kept it?"
    assert own.texts["CAF-02", "es"].kind == "tip"
    assert own.variant("CAF-02", "es", "plain").sends == "CAF-02"
    assert shipped.get("CAF-02", "es") is None
    with pytest.raises(KeyError):
        shipped.with_bodies({("XYZ-99", "en"): "?"})


def folder(root: Path, english: str, spanish: str = "") -> Path:
    for language, body in (("en", english), ("es", spanish)):
        (root / language).mkdir()
        (root / language / "hints.toml").write_text(HINTS, encoding="utf-8")
        (root / language / "texts.toml").write_text(body, encoding="utf-8")
    return root


GOOD = '[CAF-01]\ntext = "Hi"\nkind = "tip"\n'


@pytest.mark.parametrize(
    ("english", "spanish", "expected"),
    [
        ('# note\n[CAF-01]\ntext = "Hi"\nkind = "joke"\n', "", ["en/texts.toml:2: CAF-01: kind:"]),
        ('[CAF-01]\ntext = ""\nkind = "tip"\n', "", ["en/texts.toml:1: CAF-01: text:"]),
        ('[caf]\ntext = "Hi"\nkind = "tip"\n', "", ["en/texts.toml:1: caf: an id is"]),
        ("[CAF-01\n", "", ["en/texts.toml:0: (file): not a TOML file"]),
        (GOOD, '[CAF-01]\ntext = "a"\ngate = true\n', ["es/texts.toml:1: CAF-01: gate: Extra"]),
        (GOOD, '[CAF-09]\ntext = "a"\n', ["es/texts.toml:1: CAF-09: no such id in English"]),
        (
            '[CAF-01]\ntext = 3\nkind = "tip"\n\n[CAF-02]\nkind = "tip"\n',
            '[CAF-09]\ntext = "a"\n',
            ["en/texts.toml:1: CAF-01: text:", "en/texts.toml:5: CAF-02: text:", "es/texts.toml:1"],
        ),
    ],
)
def test_a_faulty_file_names_every_fault(
    tmp_path: Path, english: str, spanish: str, expected: list[str]
) -> None:
    with pytest.raises(CatalogueError) as caught:
        load(folder(tmp_path, english, spanish))
    found = [str(fault) for fault in caught.value.faults]
    assert len(found) == len(expected)
    assert all(line.startswith(start) for line, start in zip(found, expected, strict=True)), found


def test_the_same_id_in_two_files_is_a_fault(tmp_path: Path) -> None:
    root = folder(tmp_path, GOOD)
    (root / "en" / "zz.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"en/zz\.toml:1: CAF-01: also in en/texts\.toml"):
        load(root)


def test_a_language_without_hints_is_a_fault(tmp_path: Path) -> None:
    root = folder(tmp_path, GOOD)
    (root / "es" / "hints.toml").unlink()
    with pytest.raises(CatalogueError, match=r"es/hints\.toml:0: \(file\): no hints"):
        load(root)
