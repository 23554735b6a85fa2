"""Cards, accounts and ids are told from order numbers; nothing can be restored from what is shown."""

import itertools
import json
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from supportctl.detect.pii import IDENTITY_KINDS, KINDS, Pii, find_pii

CARD = "4539 1488 0343 6467"
ROW = CARD.replace(" ", "")


def sure(text: str, kinds: tuple[str, ...] = IDENTITY_KINDS) -> list[str]:
    return [pii.kind for pii in find_pii(text, kinds) if pii.sure]


@pytest.mark.parametrize(
    "text",
    [
        f"My card is {ROW}",
        f"Please charge {CARD} instead",
        f"Please charge {CARD.replace(' ', '-')}, 09/29",
        f"Kreditkarte: {ROW}",
        f"carte bancaire {CARD}",
        f"信用卡{CARD}，谢谢",
        f"{ROW} exp 12/28 cvv 123",
        f'{{"card": "{ROW}"}}',
        f'{{"card_number": "{ROW}", "id": 7}}',
        f"Order 55123456, paid with visa {ROW}",
        f"For order 55123456 take {CARD}",
        "amex 3714 496353 98431",
        "My new card: 4111 1111 1111 1111",
    ],
)
def test_cards(text: str) -> None:
    (found,) = find_pii(text, IDENTITY_KINDS)
    assert (found.kind, found.sure) == ("card", True)
    assert found.masked == "****" + text[found.start : found.end].replace(" ", "")[-4:]


@pytest.mark.parametrize(
    "text",
    [
        f"Our order number is {ROW}",
        f"order no. {CARD}",
        f"Rechnung {ROW}",
        f"注文番号 {ROW}",
        f"IMEI {ROW}",
        f"just {ROW}",
        f"card charged twice for order {ROW}",
        "The sandbox takes the test card 4242 4242 4242 4242",
        "card 4539 1488 0343 6468",
        "card 0000 0000 0000 0000",
        f"row 1111 {CARD} 2222",
        f"blk_{ROW}",
        f'{{"order_id": {ROW}, "card": "visa"}}',
        f"0.{ROW}",
        f"https://host/{ROW}/x",
        "card ending in 6467, **** **** **** 6467",
        f"PO {CARD}",
        f"P.O. number {CARD}",
        f"asset {CARD}",
        f"loyalty number: {CARD}",
        f"Zählernummer {CARD}",
    ],
)
def test_what_only_looks_like_a_card(text: str) -> None:
    assert sure(text) == []


def test_bare_rows_of_digits_are_rarely_taken_for_cards() -> None:
    """Order numbers of sixteen digits pass Luhn once in ten; without a word about cards none is sure."""
    rng = random.Random(7)
    rows = [f"{rng.randrange(10**15, 10**16)}" for _ in range(2000)]
    assert sum(map(luhn.is_valid, rows)) > 100
    assert sure("\n".join(f"see {row} please" for row in rows)) == []


NATIONAL = {
    "us-ssn": "my SSN is 536-90-4399",
    "us-itin": "ITIN 912-90-3456",
    "uk-nino": "National Insurance number AB 12 34 56 C",
    "uk-nhs": "NHS number 943 476 5919",
    "de-tax-id": "Steuer-ID: 36 574 261 809",
    "fr-nir": "n° SS 2 95 10 99 126 111 93",
    "es-dni": "DNI: 54362315K",
    "it-codice-fiscale": "sono RCCMNL83S18D969H",
    "nl-bsn": "BSN 111222333",
    "be-national-number": "rijksregister 85.07.30-033.28",
    "pl-pesel": "PESEL 44051401359",
    "se-personnummer": "personnummer 880320-0016",
    "fi-hetu": "131052-308T",
    "ch-ahv": "756.9217.0769.85",
    "ca-sin": "SIN 123-456-782",
    "br-cpf": "390.533.447-05",
    "mx-curp": "BOXW310820HNERXN09",
    "in-aadhaar": "Aadhaar 2341 2341 2346",
    "za-id": "ID number 7503305044089",
    "tr-kimlik": "TC Kimlik 17291716060",
    "cn-resident-id": "身份证 360426199101010071",
}


@pytest.mark.parametrize("kind", NATIONAL)
def test_national_ids_beside_their_names(kind: str) -> None:
    text = f"Hello, {NATIONAL[kind]}. Thanks"
    (found,) = find_pii(text, IDENTITY_KINDS)
    assert (found.kind, found.sure, found.masked) == (kind, True, "****")


@pytest.mark.parametrize(
    "text",
    [
        "part 536-90-4399",
        "ticket 111222333",
        "PESEL 44051401358",
        "build 44051401359",
        "sin 123-456-782",
        "The SSN format is 123-45-6789",
        "SSN 000-12-3456",
        "version 2341.2341.2346 of the Aadhaar library",
        "The social team of 123 people solved 456789 tickets",
    ],
)
def test_what_only_looks_like_a_national_id(text: str) -> None:
    assert sure(text) == []


def test_social_security_numbers_in_their_forms() -> None:
    assert sure("social security 536 90 4399") == ["us-ssn"]
    assert sure("SSN: 536904399") == ["us-ssn"]
    assert sure("my number is 536-90-4399") == []


def test_accounts() -> None:
    (found,) = find_pii("Bitte auf DE89 3704 0044 0532 0130 00 überweisen")
    assert (found.kind, found.masked, found.sure) == ("iban", "DE****", True)
    assert sure("iban: gb42nawi04454264788619 please") == ["iban"]
    assert sure("ES9121000418450200051332 please pay") == ["iban"]
    assert sure("DE88 3704 0044 0532 0130 00") == []
    assert sure("DE89370400440532013000X") == []
    assert sure("For example DE89 3704 0044 0532 0130 00 in the documentation") == []
    assert sure("commit de89370400440532013000") == []


def test_contacts() -> None:
    kinds = ("email", "phone")
    assert sure("Mail ann.lee+desk@acme-hotels.co.uk", kinds) == ["email"]
    for text in ("+49 30 901820", "Call me at (415) 555-2671", "Tel. 089 1234567", "0044 20 7946 0958 is my phone"):
        assert sure(f"{text}.", kinds) == ["phone"], text
    for text in (
        "2026-03-02 12:00",
        "Version 10.0.19045",
        "10.20.30.40",
        "order 4155552671",
        "INC0012345",
        "logo@2x.png",
        "git@github.com:acme/app.git",
        "+1 for this",
        "error 0x80070005",
        "ann@example.org",
        "https://user:pass@host.net/",
    ):
        assert sure(text, kinds) == [], text


@pytest.mark.recordings
def test_on_the_synthetic_collection(recordings: Path) -> None:
    told = {"card": "CREDIT_CARD", "iban": "IBAN_CODE", "us-ssn": "US_SSN", "email": "EMAIL_ADDRESS"}
    rows = json.loads((recordings / "data" / "pii" / "synth_dataset_v2.json").read_text("utf-8"))
    for kind, label in told.items():
        right = missed = wrong = 0
        for row in rows:
            spans = [(s["start_position"], s["end_position"]) for s in row["spans"] if s["entity_type"] == label]
            found = [pii for pii in find_pii(row["full_text"]) if pii.kind == kind and pii.sure]
            hit = [any(pii.start < end and start < pii.end for pii in found) for start, end in spans]
            right, missed = right + sum(hit), missed + hit.count(False)
            wrong += sum(not any(pii.start < end and start < pii.end for start, end in spans) for pii in found)
        assert right >= 0.98 * (right + missed), kind
        assert wrong <= 0.01 * right, kind


@pytest.mark.recordings
def test_logs_hold_no_cards_accounts_or_ids(recordings: Path) -> None:
    for log in sorted((recordings / "data" / "logs").glob("*.log")):
        assert find_pii(log.read_text("utf-8"), IDENTITY_KINDS) == [], log.name


@pytest.mark.parametrize(
    "unit", ["4", "4539 ", "1-", "1 ", "a@", "a.b@c.", "DE12", "+4 ", "AB12", "(123) ", "12.", "é1"]
)
def test_time_is_linear(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    started = time.thread_time()
    find_pii(text + " card iban ssn dni bsn pesel")
    assert time.thread_time() - started < 5


@given(st.text(alphabet=st.sampled_from("0123456789 -.+()@ABDEabcard:\n"), max_size=80))
def test_any_text_can_be_looked_through(text: str) -> None:
    found = find_pii(text)
    assert all(0 <= pii.start < pii.end <= len(text) for pii in found)
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))
    assert all(restorable(text, pii) <= 4 for pii in found)


def restorable(text: str, pii: Pii) -> int:
    return sum(character.isdigit() for character in pii.masked)


def test_kinds_are_named_once() -> None:
    assert len(set(KINDS)) == len(KINDS)
