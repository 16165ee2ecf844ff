"""The closed list of facts as fields of a form, in groups a clinician reads, and back to the column `facts`."""

from collections.abc import Mapping
from dataclasses import dataclass

from schedules.facts import FACTS, TEXTS_AT, WEEKDAYS
from service.domain.patient_form import spell_facts


@dataclass(frozen=True, slots=True)
class FactField:
    """One fact of the form: `kind` is how its value is spelled, `hint` what it changes, if anything."""

    code: str
    label: str
    kind: str
    hint: str


_GROUPS = {
    "Evening habits": {
        "uses_caffeine": "Coffee, tea, cola or energy drinks",
        "drinks": "Usual drinking days",
        "uses_nicotine": "Smokes or uses nicotine",
        "in_recovery": "In recovery from alcohol use",
    },
    "Iron and blood tests": {
        "iron_oral": "Oral iron ordered",
        "iron_start": "First dose date",
        "iron_time": "Ordered time of the dose",
        "thyroid_pill": "Time of the thyroid pill",
        "calcium": "Calcium or antacids",
        "iron_iv_only": "Iron by infusion only",
        "iron_overload": "Iron overload",
        "next_lab": "Next blood test",
        "lab_done": "That test was taken on",
        "last_ferritin": "Last ferritin, ng/mL",
        "last_tsat": "Last transferrin saturation, %",
    },
    "Medicines": {
        "dopamine_agonist": "Dopamine agonist",
        "levodopa": "Levodopa",
        "opioid": "Opioid",
        "sedative": "Sedative",
        "warfarin": "Warfarin",
        "treatment_start": "Start of the present treatment",
        "medicine_change": "Last new or changed medicine",
    },
    "Conditions": {
        "pregnant": "Pregnant, confirmed by staff",
        "ckd": "Kidney disease, stage 4 or 5",
        "dialysis": "On dialysis",
        "diabetes": "Diabetes",
        "neuropathy": "Neuropathy",
        "arterial_disease": "Arterial disease of the legs",
        "heart_failure": "Heart failure",
        "broken_skin": "Broken skin on the legs",
        "clot_history": "Had a clot in a vein",
        "leg_swelling": "Leg swelling",
        "vein_disease": "Vein disease",
        "gastric_bypass": "Gastric bypass",
        "anaemia": "Anaemia",
    },
    "Movement and compression": {
        "exercise_cleared": "Cleared for exercise and stretching",
        "compression_ordered": "Leg wraps or stockings ordered",
    },
    "History and plans": {
        "family_history": "Restless legs in the family",
        "onset_age": "Age at the first symptoms",
        "surgery": "Planned operation",
    },
    "Texts of their choice": {
        TEXTS_AT: "Hour of the texts that follow neither bedtime nor tablets",
        "wants_week": "Their own week in figures, Sunday evening",
    },
    "Holds": {
        "fewer_texts": "Asked for fewer texts: half as many a week",
        "tip_hold": "Hold every tip and cut-off",
        "iron_hold": "Hold the iron prompts",
    },
}
_HINTS = {
    "in_recovery": "no alcohol texts",
    "opioid": "no alcohol texts",
    "sedative": "no alcohol texts",
    "pregnant": "no alcohol texts, caffeine cut-off 12 h before bed",
    "iron_start": "alternate days are counted from it",
    "iron_time": "without it, 30 min after waking",
    "iron_iv_only": "no prompts",
    "iron_overload": "no prompts, no diet texts",
    "thyroid_pill": "iron keeps 4 h from it",
    "calcium": "iron keeps 2 h from its time",
    "next_lab": "iron rests from the day before",
    "lab_done": "ends that rest",
    "warfarin": "no text naming greens",
    "medicine_change": "daily check-ins for 7 days",
    "ckd": "no diet texts",
    "dialysis": "no diet texts, dialysis tips",
    "diabetes": "foot-care tips",
    "neuropathy": "no heat, cold or compression texts",
    "arterial_disease": "no compression texts",
    "heart_failure": "no compression texts",
    "broken_skin": "no compression texts",
    "clot_history": "no massage text",
    "leg_swelling": "no massage text",
    "vein_disease": "vein tips",
    "gastric_bypass": "a note on absorption, for staff",
    "dopamine_agonist": "monthly screens, onset asked twice a week",
    "levodopa": "monthly screens, onset asked twice a week",
    TEXTS_AT: "tips and weekly or monthly questions; kept inside their hours",
    "wants_week": "only with 3 scores of the 7 nights",
    "surgery": "advice seven days before",
}
GROUPS = {
    title: [
        FactField(code, label, FACTS[code].value, _HINTS.get(code, ""))
        for code, label in labels.items()
    ]
    for title, labels in _GROUPS.items()
}
"""Every fact, once."""
FIELDS = {field.code: field for fields in GROUPS.values() for field in fields}


def spelled(typed: Mapping[str, str]) -> str:
    """What was typed into the fields as the column `facts`; a field left alone is no fact."""
    return spell_facts(
        (field.code, value)
        for fields in GROUPS.values()
        for field in fields
        if (value := _value(field, typed)) is not None
    )


def _value(field: FactField, typed: Mapping[str, str]) -> str | None:
    name = f"fact-{field.code}"
    said = typed.get(name, "").strip().replace(";", " ")
    if field.kind == "weekdays":
        return ",".join(day for day in WEEKDAYS if typed.get(f"{name}-{day}")) or None
    if field.kind == "number@date":
        on = typed.get(f"{name}-on", "").strip().replace(";", " ")
        return f"{said}@{on}" if said or on else None
    if field.kind == "flag or time":
        at = typed.get(f"{name}-at", "").strip().replace(";", " ")
        return at or ("" if said else None)
    if field.kind == "flag":
        return "" if said else None
    return said or None
