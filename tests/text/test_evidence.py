"""What a report tells an engineer."""

import time

import pytest

from supportctl.text.evidence import Kind, told
from supportctl.text.workaround import is_workaround


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1. open the page\n2. press save", Kind.STEPS),
        ("Beim Speichern der Buchung", Kind.STEPS),
        ("Quand je clique sur Enregistrer", Kind.STEPS),
        ("Cuando abro la reserva", Kind.STEPS),
        ("保存をクリックすると", Kind.STEPS),
        ("It should show the number", Kind.EXPECTED),
        ("Erwartet wird die Nummer, stattdessen", Kind.EXPECTED),
        ("On devrait voir le numéro", Kind.EXPECTED),
        ("Debería verse el número", Kind.EXPECTED),
        ("本来は番号が出るはず", Kind.EXPECTED),
        ("java.lang.NullPointerException: null", Kind.RECORD),
        ("2026-03-01T10:00:00 ERROR timeout", Kind.RECORD),
        ("Fehlercode 5012", Kind.RECORD),
        ("it says “The printer is not available”", Kind.RECORD),
        ("capture d'écran ci-jointe", Kind.RECORD),
        ("ログを添付します", Kind.RECORD),
        ("All guests of three hotels", Kind.IMPACT),
        ("Betroffen sind alle Mitarbeiter", Kind.IMPACT),
        ("Plusieurs clients sont bloqués", Kind.IMPACT),
        ("Todos los usuarios", Kind.IMPACT),
        ("全員が影響を受けています", Kind.IMPACT),
        ("Version 4.2 on Windows 11", Kind.PLACE),
        ("Betriebssystem und Browser", Kind.PLACE),
        ("navigateur Firefox", Kind.PLACE),
        ("バージョン 4.2", Kind.PLACE),
    ],
)
def test_one_sign_is_enough(text: str, kind: Kind) -> None:
    assert kind in told([text])


@pytest.mark.parametrize(
    "text", ["", "Please help", "Please have a look", "Kunde ruft ständig an", "See above, thanks"]
)
def test_nothing_told(text: str) -> None:
    assert told([text]) == frozenset()


@pytest.mark.parametrize(
    "text", ["a " * 10_000, "x" * 20_000, "1" * 20_000, "1. x\n" * 4000, "\n" * 20_000, '"' + "x" * 19_000]
)
def test_long_texts_take_no_time(text: str) -> None:
    start = time.thread_time()
    told([text])
    assert time.thread_time() - start < 2


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Solved (Work Around)", True),
        ("As a workaround, restart the sync", True),
        ("Umgehungslösung: Dienst neu starten", True),
        ("solution de contournement", True),
        ("There is no workaround", False),
        ("ohne Umgehung", False),
        ("Replaced the router", False),
    ],
)
def test_workarounds(text: str, is_one: bool) -> None:
    assert is_workaround(text) is is_one
