"""Redaction: secrets and personal data become tokens; what an engineer needs stays."""

from supportctl.evidence.redact.engine import Packet, Redacted, Source, redact
from supportctl.evidence.redact.identities import Identities
from supportctl.evidence.redact.tokens import Tokens

__all__ = ["Identities", "Packet", "Redacted", "Source", "Tokens", "redact"]
