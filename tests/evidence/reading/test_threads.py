"""A thread as a whole: who says it, in which order, and what only looks like it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from supportctl.evidence.reading import Element, State, extract
from supportctl.model import Comment, CustomField, NamedRef, Person, Priority, Role, Unknown
from tests.evidence.reading.threads import AGENT, BOT, CUSTOMER, START, file, note, thread


def test_every_find_names_its_line() -> None:
    text = "Hello,\n\nwe have a problem.\nI open the plan and click Save.\n\nError: PLAN-77 not saved\nVersion 5.1\n"
    found = extract(
        thread(text, (AGENT, "Thank you."), (CUSTOMER, "One more thing.\n\nIt is the same in Firefox 122."))
    )
    assert str(found[Element.ACTUAL].source) == "description, line 6"
    places = {str(each.source) for each in found[Element.ENVIRONMENT].passages}
    assert places == {"description, line 7", "comment 2, line 3"}


def test_questions_and_advice_of_support_tell_nothing() -> None:
    found = extract(
        thread(
            "It does not work.",
            (
                AGENT,
                "Please open Settings, click Reset and sign in again. You should see the new menu.\n"
                "Which version do you use, and since when does it happen? Does it affect all users?\n"
                "You need version 8.1 or Chrome 120. Is there an error code such as ERR-1001?",
            ),
        )
    )
    assert [each.element for each in found.found if each.state is State.PRESENT] == []
    assert found[Element.ENVIRONMENT].state is State.MISSING


def test_an_answer_of_one_word_counts_where_it_was_asked_for() -> None:
    asked = (AGENT, "Which version do you use? And does it happen every time?")
    found = extract(thread("It does not work.", asked, (CUSTOMER, "5.2.1\n\nEvery time.")))
    assert found[Element.ENVIRONMENT].state is State.PRESENT
    assert found[Element.SINCE].state is State.PRESENT
    assert extract(thread("It does not work.", (CUSTOMER, "5.2.1")))[Element.ENVIRONMENT].state is State.MISSING


@pytest.mark.parametrize(
    "correction",
    [
        "Sorry, it is version 5.2.",
        "Correction: version 5.2",
        "Entschuldigung, es ist doch Version 5.2.",
        "Désolé, c'est la version 5.2.",
        "Perdón, es la versión 5.2.",
        "Desculpe, é a versão 5.2.",
        "すみません、バージョンは 5.2 でした。",
        "My mistake. We run version 5.2 here.",
    ],
)
def test_the_latest_word_on_a_version_counts(correction: str) -> None:
    found = extract(thread("We use version 5.1.", (AGENT, "Thank you."), (CUSTOMER, correction)))[Element.ENVIRONMENT]
    assert [each.version for each in found.passages] == ["5.2"]
    assert found.text.endswith("5.2")


def test_a_corrected_browser_takes_the_place_of_the_other() -> None:
    found = extract(thread("I use Chrome 120.", (CUSTOMER, "Sorry, it is Firefox 122, not Chrome.")))
    assert [(each.name, each.version) for each in found.parts(Element.ENVIRONMENT, "browser")] == [("Firefox", "122")]
    both = extract(thread("I use Chrome 120.", (CUSTOMER, "It is the same in Firefox 122.")))
    assert len(both.parts(Element.ENVIRONMENT, "browser")) == 2


def test_where_it_works_is_no_environment() -> None:
    for text in ("It works fine in Firefox 122.", "Mit Version 4.9 funktioniert es.", "This is fixed in version 6.0."):
        assert extract(thread(text))[Element.ENVIRONMENT].state is State.MISSING, text
    moved = extract(thread("Since the update from 5.1 to 5.2 nothing prints."))[Element.ENVIRONMENT]
    assert [each.version for each in moved.passages] == ["5.2"]


def test_quoted_mail_and_signatures_are_not_read() -> None:
    text = (
        "Still the same.\n\nOn Mon, 2 Mar 2026 at 09:12, Support wrote:\n> Steps to reproduce:\n> 1. Open the plan\n"
        "> 2. Click Save\n> Expected: it is saved. Version 5.1, request id 0b9f6c1e-7f43-4d2a-9a51-2f6f1f0c9a11\n"
    )
    found = extract(thread("Help", (CUSTOMER, text)))
    assert {each.element for each in found.found if each.passages} == set()


def test_machines_are_not_read() -> None:
    found = extract(thread("Help", (BOT, "Version 5.1 is out. Error E-500 is fixed. Steps: open, click, save.")))
    assert {each.element for each in found.found if each.passages} == set()


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Could reproduce it on staging with 5.2.", State.PRESENT),
        ("Im Testsystem nachgestellt, gleicher Fehler.", State.PRESENT),
        ("J'ai pu reproduire le problème sur notre environnement de test.", State.PRESENT),
        ("Lo he reproducido en pruebas.", State.PRESENT),
        ("Consegui reproduzir no ambiente de testes.", State.PRESENT),
        ("検証環境で再現しました。", State.PRESENT),
        ("I cannot reproduce this here.", State.MISSING),
        ("Konnte ich leider nicht nachstellen.", State.MISSING),
        ("Je n'ai pas réussi à reproduire le problème.", State.MISSING),
        ("No he podido reproducirlo.", State.MISSING),
        ("Não consegui reproduzir.", State.MISSING),
        ("当方では再現できませんでした。", State.MISSING),
        ("We will try to reproduce it tomorrow.", State.MISSING),
        ("Steps to reproduce are in the thread.", State.MISSING),
        ("The customer can reproduce it every time.", State.MISSING),
    ],
)
def test_reproduced_by_support(text: str, state: State) -> None:
    assert extract(thread("It fails.", note(text)))[Element.REPRODUCED].state is state


def test_the_last_word_on_reproducing_counts_and_only_that_of_support() -> None:
    first, then = note("Could not reproduce it.", 5), note("Reproduced with the customer's data.", 9)
    assert extract(thread("x", first, then))[Element.REPRODUCED].state is State.PRESENT
    denied = extract(thread("x", then, note("Could not reproduce it on 5.2.", 12)))[Element.REPRODUCED]
    assert (denied.state, denied.note) == (State.MISSING, "support could not reproduce it")
    assert str(denied.denied) == "comment 2, line 1"
    mine = extract(thread("I can reproduce it every time.", (CUSTOMER, "Reproduced it again.")))
    assert mine[Element.REPRODUCED].state is State.MISSING


def test_severity_needs_a_reason() -> None:
    def state(text: str, priority: Priority | None = Priority.P2) -> State:
        return extract(thread(text, priority=priority))[Element.SEVERITY].state

    assert state("It fails.") is State.INFERRED
    assert state("It fails.", None) is State.MISSING
    assert state("Nobody can check in.") is State.PRESENT
    assert state("Severity: high, because payroll is tomorrow.", None) is State.PRESENT
    assert state("Schweregrad: hoch", None) is State.INFERRED


def test_attachments_are_evidence_decorations_are_not() -> None:
    def state(*files: object, **more: object) -> State:
        said = Comment(
            id="1", author=CUSTOMER, created_at=START, body="See attached.", public=True, attachments=list(files)
        )
        return extract(thread("It fails.", said, **more))[Element.EVIDENCE].state

    assert state(file("session.har")) is State.PRESENT
    assert state(file("screenshot.png", 90_000, content_type="image/png", inline=True)) is State.PRESENT
    assert state(file("image001.png", 3_000, content_type="image/png", inline=True)) is State.MISSING
    assert state(file("smime.p7s", 4_000)) is State.MISSING
    assert state() is State.MISSING
    assert state(unknown={"attachments": Unknown.HIDDEN}) is State.UNKNOWN
    spoken = extract(thread("Please see the attached log."))[Element.EVIDENCE]
    assert spoken.note == "an attachment is spoken of, but none is there"
    assert extract(thread("It fails."), ["app.log"])[Element.EVIDENCE].state is State.PRESENT


def test_a_log_in_the_text_is_evidence() -> None:
    log = "```\n10:00:01.123 start\n10:00:02.456 ERROR boom\n10:00:03.789 stop\n```"
    assert extract(thread(f"See:\n{log}"))[Element.EVIDENCE].state is State.PRESENT
    assert extract(thread("```\nnpm install\n```"))[Element.EVIDENCE].state is State.MISSING


def test_fields_of_forms_are_read_by_their_names() -> None:
    custom = [
        CustomField(id="1", name="Schritte zur Reproduktion", value="1. Plan öffnen\n2. Speichern"),
        CustomField(id="2", name="Browser", value={"value": "Firefox 122"}),
        CustomField(id="3", name="Expected result", value="n/a"),
        CustomField(id="4", name="Team", value="Version 9.9"),
        CustomField(id="5", name="Impact", value={"value": "Significant / Large"}),
    ]
    found = extract(thread("x", custom=custom, native={"environment": "*Version:* 5.2"}))
    assert found[Element.STEPS].source is not None
    assert str(found[Element.STEPS].source) == "field Schritte zur Reproduktion"
    assert {(each.part, each.version) for each in found[Element.ENVIRONMENT].passages} == {
        ("browser", "122"),
        ("product", "5.2"),
    }
    assert found[Element.EXPECTED].state is State.MISSING
    assert found[Element.IMPACT].state is State.MISSING
    component = extract(thread("x", component=NamedRef(id="1", name="web-01")))[Element.ENVIRONMENT]
    assert (component.state, component.note) == (State.INFERRED, "no version")


def test_html_and_wiki_markup_are_read() -> None:
    html = (
        "<div><h3>Steps to reproduce</h3><ol><li>Open the plan</li><li>Click <b>Save</b></li></ol>"
        "<p><strong>Expected result:</strong> it is saved</p><p>Error: PLAN-77 not saved</p></div>"
    )
    wiki = (
        "h3. Steps to reproduce\n# Open the plan\n# Click *Save*\n\nh3. Expected result\nit is saved\n\n"
        "h3. Actual result\n{noformat}\nError: PLAN-77 not saved\n{noformat}\n"
    )
    for text in (html, wiki):
        found = extract(thread(text))
        for element in (Element.STEPS, Element.EXPECTED, Element.ACTUAL):
            assert found[element].state is State.PRESENT, (text[:10], element)
        assert "PLAN-77" in found[Element.ACTUAL].text


def test_what_cannot_be_read_is_unknown_not_missing() -> None:
    hidden = thread("Nobody can check in.", unknown={"comments": Unknown.HIDDEN})
    found = extract(hidden)
    assert found[Element.STEPS].state is State.UNKNOWN
    assert found[Element.IMPACT].state is State.PRESENT
    assert found.unknown == ["comments"]


def test_times_with_a_day_are_moments() -> None:
    text = "It failed on 2026-03-02 14:05 UTC. Again on 3.3.2026 um 15:10 Uhr MEZ. Yesterday at 9:00 all was fine."
    moments = extract(thread(text)).moments()
    assert [(each.at, each.assumed_zone) for each in moments] == [
        (datetime(2026, 3, 2, 14, 5, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 14, 10, tzinfo=UTC), False),
    ]
    assert moments[0].failed
    assert moments[0].line == 1


def test_who_wrote_is_told_from_the_requester_where_roles_are_unknown() -> None:
    somebody = Person(id="99")
    found = extract(thread("It fails.", (somebody, "Could reproduce it here."), (Person(id="7"), "Version 5.2")))
    assert found[Element.REPRODUCED].state is State.MISSING
    assert found[Element.ENVIRONMENT].state is State.PRESENT
    assigned = thread("It fails.", (somebody, "Could reproduce it here."), assignee=Person(id="99", role=Role.UNKNOWN))
    assert extract(assigned)[Element.REPRODUCED].state is State.PRESENT
