"""Detectors of secrets in text."""

from supportctl.detect.secret import Secret, mask
from supportctl.detect.secrets import find_secrets

__all__ = ["Secret", "find_secrets", "mask"]
