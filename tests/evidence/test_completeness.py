"""The score and the questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from supportctl.errors import UsageError
from supportctl.evidence import intake
from supportctl.evidence.completeness import score
from supportctl.evidence.reading import Element, State, extract
from supportctl.model import Priority, Unknown
from supportctl.model.escalation import Weights
from tests.evidence.reading.threads import CUSTOMER, file, note, thread

EVERYTHING = (
    "Steps to reproduce:\n1. Open the plan\n2. Click Save\n\nExpected result: it is saved\n\nError: PLAN-77 not saved\n"
    "Version 5.2, Firefox 122\nNobody can check in. Since Monday.\nLast at 14:05 UTC, request id: ab12cd34ef"
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No templates of anybody's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUPPORTCTL_CONFIG", str(tmp_path / "home" / "config.toml"))
    return tmp_path


def test_the_weights_are_those_of_the_reference_and_make_100() -> None:
    weights = Weights()
    values = {name: getattr(weights, name) for name in weights.__struct_fields__}
    assert values == {
        "steps": 20, "actual": 15, "expected": 10, "environment": 10, "impact": 10, "severity": 5, "times": 8,
        "trace": 8, "since": 4, "evidence": 5, "reproduced": 5,
    }  # fmt: skip
    assert sum(values.values()) == 100
    assert set(values) == {element.value for element in Element}


def test_all_told_is_100_and_nothing_told_is_0() -> None:
    whole = thread(EVERYTHING, note("Reproduced on staging."), attachments=[file("a.log")], priority=Priority.P2)
    assert score(extract(whole)).points == 100
    assert score(extract(whole)).ask == []
    nothing = score(extract(thread("Please call me.")))
    assert (nothing.points, nothing.ask[0]) == (0, Element.STEPS)
    for empty in (thread(None), thread(""), thread("\n \n"), thread(None, title=None)):
        assert score(extract(empty)).points == 0


def test_half_told_counts_half_and_is_asked_for() -> None:
    found = score(extract(thread("The app crashes.")))
    assert (found[Element.ACTUAL].points, found[Element.ACTUAL].weight) == (7.5, 15)
    assert found[Element.ACTUAL].reason == "no exact error"
    assert Element.ACTUAL in found.ask


def test_weights_are_relative() -> None:
    only_steps = Weights(**{**dict.fromkeys(Weights().__struct_fields__, 0), "steps": 7})
    assert score(extract(thread(EVERYTHING)), weights=only_steps).points == 100
    assert score(extract(thread("x")), weights=only_steps).ask == [Element.STEPS]


def test_files_given_beside_the_ticket_are_evidence() -> None:
    assert score(extract(thread("x")), ["app.log"])[Element.EVIDENCE].state is State.PRESENT
    assert score(extract(thread("x")))[Element.EVIDENCE].state is State.MISSING


def test_what_could_not_be_read_is_not_asked_for() -> None:
    found = score(extract(thread("x", unknown={"comments": Unknown.HIDDEN})))
    assert found.unknown == ["comments"]
    assert found.ask == []
    assert found[Element.STEPS].reason == "not found, and a part of the ticket could not be read"


@pytest.mark.parametrize("language", intake.languages())
def test_every_language_asks_for_everything(language: str) -> None:
    """No hole, no English left in, each question once; half told is asked for in other words."""
    ticket = thread("x")
    found = extract(ticket)
    points = score(found)
    text = intake.questions(found, points, ticket, language)
    assert [line.partition(". ")[0] for line in text.splitlines() if line[:1].isdigit()] == [
        str(number) for number in range(1, len(points.ask) + 1)
    ]
    assert CUSTOMER.name is not None
    assert CUSTOMER.name in text
    assert "SUP-1" in text
    assert "{" not in text
    asked = {intake.question(element, language) for element in points.ask}
    assert len(asked) == len(points.ask)
    for element in (Element.STEPS, Element.ACTUAL, Element.ENVIRONMENT, Element.IMPACT, Element.TIMES):
        assert intake.question(element, language, partly=True) not in asked
    if language != "en":
        assert asked.isdisjoint({intake.question(element) for element in Element})


def test_the_six_languages_ship() -> None:
    assert {"en", "de", "fr", "es", "pt", "ja"} <= set(intake.languages())


def test_the_customer_is_asked_in_their_language() -> None:
    german = thread("Guten Tag, die Seite lädt seit gestern nicht mehr und ich kann mich nicht anmelden.")
    assert intake.questions(extract(german), score(extract(german)), german).startswith("Guten Tag Anna Berg,")
    turkish = thread("Merhaba, sayfa dünden beri açılmıyor ve giriş yapamıyorum, lütfen yardım edin.")
    assert intake.questions(extract(turkish), score(extract(turkish)), turkish).startswith("Hello Anna Berg,")


def test_a_name_is_put_in_as_it_is() -> None:
    ticket = thread("x", requester=None)
    assert intake.questions(extract(ticket), score(extract(ticket)), ticket, "en").startswith("Hello,\n")


def test_an_own_template_goes_first_section_by_section(elsewhere: Path) -> None:
    folder = elsewhere / "templates" / "intake"
    folder.mkdir(parents=True)
    (folder / "en.md").write_text("<!-- ours -->\n## steps\nWhat did you do, {name}?\n\n## ending\nBye\n")
    (folder / "nl.md").write_text("## steps\nWat deed u?\n")
    ticket = thread("x")
    text = intake.questions(extract(ticket), score(extract(ticket)), ticket, "en")
    assert "1. What did you do, Anna Berg?" in text
    assert text.endswith("Bye\n")
    assert "What did you expect to happen?" in text
    assert "Wat deed u?" in intake.questions(extract(ticket), score(extract(ticket)), ticket, "nl")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"## stepps\nx", "'stepps'"), (b"\xff\xfe", "UTF-8"), (b"## steps\n" + b"x" * 90_000, "longer")],
)
def test_a_broken_template_is_named(elsewhere: Path, content: bytes, said: str) -> None:
    folder = elsewhere / "templates" / "intake"
    folder.mkdir(parents=True)
    (folder / "en.md").write_bytes(content)
    with pytest.raises(Exception, match=said):
        intake.question(Element.STEPS)


def test_an_unknown_language_names_those_there_are() -> None:
    ticket = thread("x")
    with pytest.raises(UsageError, match="'xx'") as error:
        intake.questions(extract(ticket), score(extract(ticket)), ticket, "xx")
    assert "de" in (error.value.hint or "")
