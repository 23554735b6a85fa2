"""A finding, for tests of what is done with findings."""

from typing import Any

from supportctl.model import Confidence, Finding, Persona, Platform, Severity


def finding(**fields: Any) -> Finding:
    """TIM501 of ticket ``SUP-1``, unless ``fields`` say otherwise."""
    values: dict[str, Any] = {
        "rule": "TIM501",
        "name": "stale",
        "severity": Severity.MEDIUM,
        "confidence": Confidence.HIGH,
        "persona": Persona.REGULAR,
        "platform": Platform.JSM,
        "profile": "prod",
        "ticket": "SUP-1",
        "ticket_id": "1",
        "message": "untouched",
        "fingerprint": "0" * 64,
    }
    return Finding(**{**values, **fields})
