"""Reading a thread the way the engineer will who gets it: what is told, where, and what is not."""

from supportctl.evidence.reading.extract import extract
from supportctl.evidence.reading.shapes import SURE, Element, Extract, Found, Passage, Source, State

__all__ = ["SURE", "Element", "Extract", "Found", "Passage", "Source", "State", "extract"]
