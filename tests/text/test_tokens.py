"""Words to index, and identifiers two tickets may share."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.text.cleaning import identifiers, tokens
from supportctl.text.identifiers import Kind, identified


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The VPN drops", ["the", "vpn", "drop"]),
        ("crash crashes crashed crashing", ["crash"] * 4),
        ("ORA-01017 0x80070005", ["ora-01017", "ora", "01017", "0x80070005", "80070005"]),
        ("order 4711081 is late", ["order", "4711081", "is", "late"]),
        ("don't printer's l'imprimante", ["don", "printer", "imprimant"]),
        ("Größe groesse déjà ΑΒΓ ＡＢＣ", ["gross", "groess", "deja", "αβγ", "abc"]),
        ("l’hôpital l'hopital", ["hopital", "hopital"]),
        ("at 12:33:44, 1772627624", ["at"]),
        ("0x00007fff5fbff8c0 d41d8cd98f00b204e9800998ecf8427e", []),
        ("予約画面", ["予約", "約画", "画面"]),
        ("หน้าจอ", ["หน", "น้", "้า", "าจ", "จอ"]),
        ("프린터가", ["프린터가", "프린", "린터", "터가"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("Не работает Почта", ["не", "работает", "почта"]),
        ("エラーMT2001が", ["エラ", "ラー", "mt2001", "mt", "2001", "が"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("NullReferenceException", {"nullreferenceexception", "null", "referenc", "exception"}),
        ("java.lang.NullPointerException", {"java.lang.nullpointerexception", "nullpointerexception", "pointer"}),
        ("ERR_CONNECTION_RESET", {"err_connection_reset", "err", "connection", "reset"}),
        ("snake_case_name", {"snake_case_name", "snak", "name"}),
        ("/usr/lib/libmono.so", {"libmono.so", "usr", "lib", "libmono"}),
        ("C:\\Windows\\System32\\drivers.dll", {"window", "system", "driver", "dll"}),
        ("re-open", {"re-open", "re", "open"}),
        ("https://kb.example.com/vpn/reset", {"kb.example.com", "kb", "vpn", "reset"}),
        ("HTTPServerError", {"httpservererror", "http", "server", "error"}),
    ],
)
def test_names_put_together_give_themselves_and_their_parts(name: str, parts: set[str]) -> None:
    assert parts <= set(tokens(name))


def test_nothing_to_index() -> None:
    assert tokens(None) == tokens("") == tokens("... !!!") == []
    assert tokens("\ud800") == tokens("\ud800")
    assert max(map(len, tokens("QUJD" * 10_000))) <= 100_000


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_the_same_every_time(text: str) -> None:
    first = tokens(text)
    assert first == tokens(text)
    assert all(first)
    assert identifiers(text) == identifiers(text)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("login fails with ORA-01017: invalid", "ora-01017", Kind.ERROR_CODE),
        ("(0x80070005)", "0x80070005", Kind.ERROR_CODE),
        ("net::ERR_CONNECTION_RESET", "err_connection_reset", Kind.ERROR_CODE),
        ("HTTP/1.1 502 Bad Gateway", "http-502", Kind.ERROR_CODE),
        ("got a 502 Bad Gateway", "http-502", Kind.ERROR_CODE),
        ("Installation ended with error code 1603.", "error-1603", Kind.ERROR_CODE),
        ("Fehlercode: 1603", "error-1603", Kind.ERROR_CODE),
        ("エラーコード：1603が出ます", "error-1603", Kind.ERROR_CODE),
        ("read ECONNRESET", "econnreset", Kind.ERROR_CODE),
        ("error MT2001: cannot link", "mt2001", Kind.ERROR_CODE),
        ("CVE-2021-44228?", "cve-2021-44228", Kind.VULNERABILITY),
        ("java.lang.NullPointerException: null", "nullpointerexception", Kind.EXCEPTION),
        ("java.lang.NullPointerException: null", "java.lang.nullpointerexception", Kind.EXCEPTION),
        ("KeyError: 'name'", "keyerror", Kind.EXCEPTION),
        ("see JIRA-123", "jira-123", Kind.RECORD),
        ("like INC0010012", "inc0010012", Kind.RECORD),
        ("order number 4711-0815 is late", "4711-0815", Kind.NUMBER),
        ("Bestellung Nr. 20260412", "20260412", Kind.NUMBER),
        ("订单号20260412没到", "20260412", Kind.NUMBER),
        ("cannot reach db01.corp.example.com", "db01.corp.example.com", Kind.HOST),
        ("from 10.20.30.40 only", "10.20.30.40", Kind.HOST),
        ("server: srv-db-01 is down", "srv-db-01", Kind.HOST),
        ("  at com.acme.Main.run(Main.java:12)", "com.acme.main.run", Kind.FRAME),
        ("  at Acme.Invoice.Print () [0x00012] in Invoice.cs:41", "acme.invoice.print", Kind.FRAME),
        ('  File "/srv/app/run.py", line 3, in main', "run.py:main", Kind.FRAME),
        ("550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000", Kind.UNIQUE),
    ],
)
def test_identifiers_and_their_kinds(text: str, value: str, kind: Kind) -> None:
    assert identified(text).get(value) is kind
    assert value in identifiers(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "The printer is broken since 10:12 on 3 March 2026.", "UTF-8 and SHA256 and ISO-8859", "An error occurred.",
        "Please order 2 new ones", "version 4.2.1", "Windows 10, IE11, MP3", "00000000-0000-0000-0000-000000000000",
        "main.java and foo.dll", "localhost 127.0.0.1",
    ],
)  # fmt: skip
def test_ordinary_words_prove_nothing(text: str) -> None:
    assert identifiers(text) == frozenset()
