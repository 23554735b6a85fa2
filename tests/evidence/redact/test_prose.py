"""Texts of people in several languages: what is hidden, and what numbers stay."""

import pytest

from supportctl.evidence.redact.detectors import find

FOUND = [
    ("my cell is 415.555.2671 thx", "415.555.2671", "PHONE"),
    ("Tel.: 030/123456-78", "030/123456-78", "PHONE"),
    ("Mon numéro: 06 12 34 56 78", "06 12 34 56 78", "PHONE"),
    ("携帯は090-1234-5678です", "090-1234-5678", "PHONE"),
    ("我的手机号是13812345678", "13812345678", "PHONE"),
    ("Meu telefone é (11) 91234-5678", "(11) 91234-5678", "PHONE"),
    ("BR iban BR1800360305000010009795493C1", "BR1800360305000010009795493C1", "IBAN"),
    ("CPF: 111.444.777-35", "111.444.777-35", "NATIONAL_ID"),
    ("マイナンバー 1234 5678 9018", "1234 5678 9018", "NATIONAL_ID"),
    ("Sozialversicherungsnummer 65 180672 M 017", "65 180672 M 017", "NATIONAL_ID"),
    ("passport number C01X00T47 expired", "C01X00T47", "NATIONAL_ID"),
    ("mail jörg.müller@bücher-firma.de now", "jörg.müller@bücher-firma.de", "EMAIL"),
    ("連絡先はeva@firma-x.jpです", "eva@firma-x.jp", "EMAIL"),
    ("mein Passwort ist Sommer2024!", "Sommer2024!", "PASSWORD"),
    ("パスワード：Sakura2024", "Sakura2024", "PASSWORD"),
    ("portal.firma-x.de is down", "portal.firma-x.de", "HOST"),
    ("the range 203.0.114.7-203.0.114.20 is blocked", "203.0.114.7", "IP"),
]


@pytest.mark.parametrize(("text", "value", "kind"), FOUND, ids=[value for _, value, _ in FOUND])
def test_hidden(text: str, value: str, kind: str) -> None:
    assert (value, kind) in [(text[spot.start : spot.end], spot.kind) for spot in find(text, "prose")]


KEPT = [
    "Version 10.0.19041.1 build 20240501.3 and 1.2.3.4-rc1",
    "The build took 12345678 ms, 100 200 300 rows",
    "call the function foo(1234567, 89) to reproduce",
    "the call to api returned 500 after 120000 ms in 20240501",
    "Ticket INC0010001 opened 2024-03-12 14:22:11, closed 12.03.2024",
    "passport control of the api failed at 2024-05-01, my password is wrong",
    "error 0x80070005, KB5034441, CVE-2024-21413, socket.io 4.7, report.pdf, main.py, README.md",
    "Invoice 2024-000123 for 1,234,567.89 EUR, pages 100-200",
]


@pytest.mark.parametrize("text", KEPT)
def test_kept(text: str) -> None:
    assert find(text, "prose") == []
