"""The gates no text may lose: clinical safety gates by text id, as the clinical design fixes them.

Each is (only_if, not_if). They stand here as well as in the text files, so that an edit of a file
or of a clinic's copy that drops one is found.
"""

from collections.abc import Mapping

_NO_ALCOHOL_TEXT = frozenset({"pregnant", "in_recovery", "opioid", "sedative"})
_NO_IRON_PROMPT = frozenset({"iron_iv_only", "iron_overload"})
_NO_DIET_TEXT = frozenset({"ckd", "dialysis", "iron_overload", "warfarin"})
_NO_COMPRESSION = frozenset({"arterial_disease", "neuropathy", "heart_failure", "broken_skin"})
_NO_MASSAGE = frozenset({"clot_history", "leg_swelling", "neuropathy"})
_NONE: frozenset[str] = frozenset()

SAFETY_GATES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "ALC-01": (_NONE, _NO_ALCOHOL_TEXT),
    "ALC-02": (_NONE, _NO_ALCOHOL_TEXT),
    "IRN-01": (frozenset({"iron_oral"}), _NO_IRON_PROMPT),
    "IRN-02": (frozenset({"iron_oral"}), _NO_IRON_PROMPT),
    "LAB-02": (frozenset({"iron_oral"}), _NONE),
    "DIE-01": (_NONE, _NO_DIET_TEXT),
    "DIE-02": (_NONE, _NO_DIET_TEXT),
    "EXE-01": (frozenset({"exercise_cleared"}), _NONE),
    "EXE-03": (frozenset({"exercise_cleared"}), _NONE),
    "MAS-01": (frozenset({"exercise_cleared"}), _NO_MASSAGE),
    "CMP-01": (frozenset({"compression_ordered"}), _NO_COMPRESSION),
    "CMP-02": (frozenset({"compression_ordered"}), _NONE),
}
