"""What the rules about tags offer to change, and that no tag is reported twice."""

from typing import Any

import msgspec
import pytest

from supportctl.audit import Context, Settings, find
from supportctl.audit.rule import TicketRule
from supportctl.audit.verdict import Faulty
from supportctl.model import Fix, TagFix
from supportctl.sandbox.company.conventions import audit_settings
from tests.audit.cases import NOW, PLATFORMS, ticket

LIST: dict[str, Any] = {
    "tags": ["network", "password-reset", "VPN", "contract", "contrast"],
    "tag_aliases": {"wlan": "network", "wifi": "wlan", "one": "two", "two": "one", "gone": "nowhere"},
}


def judged(code: str, on: list[str], platform: str = "jsm", **settings: Any) -> list[tuple[str, tuple[Fix, ...]]]:
    rule = find(code)
    assert isinstance(rule, TicketRule)
    context = Context(NOW, msgspec.convert({**LIST, **settings}, Settings, strict=False), PLATFORMS[platform])
    verdict = rule.check(ticket(platform, {"tags": on, "custom": []}), context)
    return [(fault.seen, fault.fixes) for fault in verdict.faults] if isinstance(verdict, Faulty) else []


@pytest.mark.parametrize(
    ("code", "tags", "safe", "remedy"),
    [
        ("CLS104", ["wlan"], True, TagFix(add=["network"], remove=["wlan"])),
        ("CLS104", ["network", "wlan"], True, TagFix(remove=["wlan"])),
        ("CLS104", ["wifi"], True, TagFix(add=["network"], remove=["wifi"])),
        ("CLS105", ["Password_Reset"], True, TagFix(add=["password-reset"], remove=["Password_Reset"])),
        ("CLS105", ["vpn"], True, TagFix(add=["VPN"], remove=["vpn"])),
        ("CLS105", ["netwrok"], False, TagFix(add=["network"], remove=["netwrok"])),
        ("CLS105", ["networks"], False, TagFix(add=["network"], remove=["networks"])),
    ],
)
def test_a_tag_is_exchanged(code: str, tags: list[str], safe: bool, remedy: TagFix) -> None:
    [(_, [fix])] = judged(code, tags)
    assert (fix.safe, fix.remedy) == (safe, remedy)


@pytest.mark.parametrize(("code", "tag"), [("CLS104", "one"), ("CLS104", "gone"), ("CLS105", "contrasct")])
def test_nothing_is_offered_where_nobody_knows_what_was_meant(code: str, tag: str) -> None:
    assert judged(code, [tag]) == [(tag, ())]


def test_zendesk_writes_tags_in_lower_case() -> None:
    assert judged("CLS105", ["vpn"], "zendesk") == []
    [(_, [fix])] = judged("CLS105", ["pasword_reset"], "zendesk", tags=["Password Reset"])
    assert fix.remedy == TagFix(add=["password_reset"], remove=["pasword_reset"])


def test_no_tag_is_reported_twice() -> None:
    tags = ["wlan", "netwrok", "vpn", "VPN", "strange", "networks", "bump2", "contact", "sso"]
    one, other = ({seen for seen, _ in judged(code, tags)} for code in ("CLS104", "CLS105"))
    assert one == {"wlan", "strange", "sso"}
    assert other == {"netwrok", "vpn", "networks", "contact"}


@pytest.mark.parametrize("code", ["CLS104", "CLS105", "CLS106"])
def test_silent_without_a_list(code: str) -> None:
    reason = find(code).unmet(Context(NOW, Settings(), PLATFORMS["jsm"]))
    assert reason is not None
    assert "setting tags" in reason or "option families" in reason


def test_the_sample_company_s_settings_are_settings() -> None:
    assert "invoice" in msgspec.convert(audit_settings("zendesk"), Settings).tags
