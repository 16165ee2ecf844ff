"""A reply in the patient's own words, read into intents and values."""

from service.domain.reading.labels import Intent, Reading, answer_type
from service.domain.reading.reader import read

__all__ = ["Intent", "Reading", "answer_type", "read"]
