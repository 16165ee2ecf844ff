"""What every wording of a text must keep, and which placeholders it can be given: whom to call, how to stop."""

from collections.abc import Mapping

# {phone}, {emerg}, {crisis} and {poison} where somebody may be in danger; {clinic} where a text must say who writes.
KEPT_PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "SYS-01": frozenset({"clinic"}),
    "SYS-02": frozenset({"clinic", "emerg"}),
    "SYS-03": frozenset({"clinic", "phone", "emerg"}),
    "SYS-04": frozenset({"clinic"}),
    "SYS-09": frozenset({"phone", "emerg"}),
    "SYS-10": frozenset({"emerg"}),
    "SYS-11": frozenset({"crisis", "emerg"}),
    "SYS-12": frozenset({"poison", "emerg"}),
    "SYS-13": frozenset({"phone"}),
    "SYS-16": frozenset({"phone"}),
    "IRN-07": frozenset({"phone", "emerg"}),
    "LEG-01": frozenset({"phone"}),
    "AUG-04": frozenset({"phone"}),
}

# The opt-out line, the way back, and the word that opens a gate; carriers act on STOP and START in any language.
_HELP = {"en": "HELP", "es": "AYUDA"}
_STOP = {"en": "STOP", "es": "STOP"}
_START = {"en": "START", "es": "START"}
_YES = {"en": "YES", "es": "SI"}
KEPT_WORDS: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "SYS-01": (_YES, _STOP, _HELP),
    "SYS-02": (_STOP,),
    "SYS-03": (_STOP,),
    "SYS-04": (_START,),
    "SYS-14": (_STOP,),
    "SYS-15": (_STOP,),
    "SYS-24": (_STOP,),
    "SYS-32": (_STOP,),
    "SYS-25": (_STOP,),
    "SYS-26": (_STOP,),
    "GATE-01": ({"en": "OK", "es": "OK"},),
}

# What the clinic itself fills in, everywhere; {first} wherever the text goes to a patient known by number.
ALWAYS = frozenset({"clinic", "phone", "emerg", "crisis", "poison"})
TO_ANY_NUMBER = frozenset({"SYS-10", "SYS-11", "SYS-12", "SYS-16"})
# What only the answer that says a text can fill in.
BY_ITS_ANSWER: Mapping[str, str] = {
    "SYM-03": "n",
    "SYS-05": "date",
    "SYS-07": "hint",
    "SYS-18": "time",
    "SYS-19": "time",
    "SYS-20": "date",
    "SYS-21": "time",
    "SYS-24": "time",
    "SYS-32": "time",
    "SYS-33": "n",
    "SYS-35": "date",
    "SYS-37": "time",
    "SYS-38": "time",
    "SYS-39": "time",
    "SYS-40": "time",
}
# What only the figures of the patient's own week can fill in, and the texts that tell it.
OF_THE_WEEK = frozenset({"mean", "usual", "nights", "hard"})
TELL_THE_WEEK = frozenset({"WK-04", "WK-05"})


def fillable(text_id: str, kind: str) -> frozenset[str]:
    """The placeholders a wording of this text may name; whether its steps have a {cutoff} the programmes say."""
    given = set(ALWAYS)
    if text_id not in TO_ANY_NUMBER:
        given.add("first")
    if text_id in BY_ITS_ANSWER:
        given.add(BY_ITS_ANSWER[text_id])
    elif kind != "system":
        given.add("cutoff")
    if text_id in TELL_THE_WEEK:
        given |= OF_THE_WEEK
    return frozenset(given)
