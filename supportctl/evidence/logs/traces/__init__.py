"""Stack traces in text, whole, by language: what was thrown, through which frames, and a fingerprint of both.

The same fault at other line numbers, addresses and generated names has the same fingerprint.
"""

from supportctl.evidence.logs.traces.finding import find
from supportctl.evidence.logs.traces.model import Trace

__all__ = ["Trace", "find"]
