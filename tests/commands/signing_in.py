"""The environment of somebody whose account is the sandbox's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from tests.fixtures.sandbox import Sandbox

AUTH = {"zendesk": "api_token", "jsm": "api_token", "servicenow": "basic"}


def sign_in(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, platform: str, *, writes: bool = True) -> None:
    profile = sandbox.profiles[platform]
    given = {
        "PLATFORM": platform, "URL": sandbox.url, "AUTH": AUTH[platform], "USER": profile["user"],
        "TOKEN": profile["secret"],
    }  # fmt: skip
    for variable, value in (given | ({"ALLOW_WRITES": "1"} if writes else {})).items():
        monkeypatch.setenv(f"SUPPORTCTL_{variable}", value)
