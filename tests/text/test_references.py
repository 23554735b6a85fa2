"""Tickets named in a text, and what is claimed of them."""

import time

import pytest

from supportctl.model import Platform
from supportctl.text.references import Claim, mentions, same_as

Z, J, S = Platform.ZENDESK, Platform.JSM, Platform.SERVICENOW


@pytest.mark.parametrize(
    ("text", "platform", "keys"),
    [
        ("Same as #131; we go on there.", Z, ["#131"]),
        ("This is the same issue as https://acme.zendesk.com/agent/tickets/456 thanks", Z, ["#456"]),
        ("Merged into #12", Z, ["#12"]),
        ("Duplicate of #12 and #13", Z, ["#12", "#13"]),
        ("Closing #20 as a duplicate of #15", Z, ["#15"]),
        ("Doublon de la demande #12", Z, ["#12"]),
        ("mismo problema que #12", Z, ["#12"]),
        ("stesso problema di #12", Z, ["#12"]),
        ("duplicado do chamado #12", Z, ["#12"]),
        ("Dubbele melding van #12", Z, ["#12"]),
        ("Duplikat zgłoszenia #12", Z, ["#12"]),
        ("このチケットは #12 と重複しています", Z, ["#12"]),
        ("与 #12 重复", Z, ["#12"]),
        ("Duplikat von SUP-12.", J, ["SUP-12"]),
        ("Duplikat, siehe SUP-12", J, ["SUP-12"]),
        ("dup of https://acme.atlassian.net/browse/SUP-9", J, ["SUP-9"]),
        ("Closed as duplicate: inc0010012", S, ["INC0010012"]),
        (f"duplicate of https://x.service-now.com/incident.do?sys_id={'ab' * 16}", S, ["ab" * 16]),
    ],
)
def test_same(text: str, platform: Platform, keys: list[str]) -> None:
    assert same_as(text, platform, "#20") == keys


@pytest.mark.parametrize(
    ("text", "platform", "claim"),
    [
        ("Reads similar to #12, but that was another device.", Z, Claim.MENTION),
        ("not a duplicate of #12", Z, Claim.MENTION),
        ("#12と重複していません", Z, Claim.MENTION),
        ("#12 is a duplicate of this", Z, Claim.MENTION),
        ("with the same customer as #12", Z, Claim.MENTION),
        ("we had the same last week, see #12", Z, Claim.MENTION),
        ("siehe #12", Z, Claim.MENTION),
        ("is duplicated by SUP-12", J, Claim.MENTION),
        ("same error as in SUP-12", J, Claim.MENTION),
        ("Kein Duplikat von INC0010012", S, Claim.MENTION),
        ("might be a duplicate of #12", Z, Claim.MAYBE),
        ("Is this a duplicate of #12?", Z, Claim.MAYBE),
        ("vielleicht ein Duplikat von SUP-12", J, Claim.MAYBE),
    ],
)
def test_not_the_same(text: str, platform: Platform, claim: Claim) -> None:
    assert [each.claim for each in mentions(text, platform)] == [claim]


def test_the_duplicate_may_be_another() -> None:
    assert same_as("Closed #12 as a duplicate of #15", Z, "#20") == []


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("UTF-8, SHA-256, CVE-2021-1234, ISO-8859", J),
        ("release SUP-12.5", J),
        ("the colour #fff and &#8217;", Z),
        ("order 4711", Z),
        ("INC12 is no number", S),
        ("Duplicate of #12", Platform.FILES),
    ],
)
def test_no_ticket(text: str, platform: Platform) -> None:
    assert mentions(text, platform) == []


def test_own_key_is_no_reference() -> None:
    assert mentions("SUP-7 is done", J, "SUP-7") == []


@pytest.mark.parametrize(
    "text", ["#1 " * 8000, "duplicate of the the our ticket " * 800 + "#1", "same as " * 3000 + "#1"]
)
def test_long_texts_take_no_time(text: str) -> None:
    start = time.thread_time()
    assert mentions(text, Z)
    assert time.thread_time() - start < 2
