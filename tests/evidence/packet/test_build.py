"""What is in a packet, for whom, and what is in none."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from datetime import timedelta

import pytest

from supportctl.errors import RefusedError
from supportctl.evidence.packet import build as building
from supportctl.evidence.packet import verify
from supportctl.evidence.packet.parts import Case, Element, File
from supportctl.evidence.redact import Identities, Tokens
from supportctl.model import NamedRef, Person, Priority, Sla, Status
from tests.evidence.packet.cases import EVA, NOW, SECRETS, built, case, comment, data, text, ticket, wish

ALL = {
    "README.md", "summary.md", "summary.html", "summary.jira.json", "summary.wiki", "ticket.json", "timeline.csv",
    "timeline.md", "redaction-report.json", "manifest.json", "evidence/app.log", "evidence/app.log.md",
    "evidence/[EMAIL_1].png",
}  # fmt: skip


@pytest.mark.parametrize("to", ["engineering", "l2"])
def test_no_original_anywhere(to: str) -> None:
    made = built(None, to)  # type: ignore[arg-type]
    assert set(made.files) == ALL
    for name in made.files:
        for secret in SECRETS:
            assert secret not in name
            assert secret.encode() not in data(made, name), name


def test_the_manifest_lists_every_other_file() -> None:
    made = built()
    listed = json.loads(data(made, "manifest.json"))
    assert {each["path"] for each in listed["files"]} == ALL - {"manifest.json"}
    for each in listed["files"]:
        content = data(made, each["path"])
        assert (each["bytes"], each["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert listed["needs_eye"] == ["evidence/[EMAIL_1].png"]
    assert listed["tickets"][0]["key"] == "SUP-12"
    assert listed["id"] == "PKT-SUP-12-20260302"
    assert "Kleinschmidt" not in listed["title"]


def test_the_same_bytes_again() -> None:
    assert dict(built().files) == dict(built().files)


def test_one_token_for_one_value_in_every_file() -> None:
    made = built()
    token = re.search(r"for (\[EMAIL_[0-9]+\])", text(made, "evidence/app.log"))
    assert token is not None
    person = re.search(r"for (\[PERSON_[0-9]+\])", json.loads(text(made, "ticket.json"))["tickets"][0]["title"])
    assert person is not None
    for name in ("README.md", "summary.md", "summary.html", "summary.jira.json", "timeline.md", "timeline.csv"):
        assert person[1] in text(made, name), name


def test_what_is_missing_is_asked_for() -> None:
    readme = text(built(), "README.md")
    assert "nobody has told yet: environment and version." in readme
    assert "- [ ] Environment: Which version and which browser?" in readme
    assert "Guessed from the text, to be confirmed." in readme
    assert "(SUP-12, description, line 3)" in readme
    assert "setup.exe" in readme
    assert "it is not opened" in readme
    assert "somebody must look at it" in readme


def test_engineering_is_told_the_fault_the_second_line_the_customer() -> None:
    slow = Sla(metric="First reply", breached=True, breach_at=NOW - timedelta(hours=2))
    given = case(ticket(slas=[slow]))
    engineering, l2 = (text(built(given, to), "summary.md") for to in ("engineering", "l2"))  # type: ignore[arg-type]
    assert engineering.index("## Steps") < engineering.index("## What support has tried")
    assert l2.index("## Where it stands") < l2.index("## What support has tried") < l2.index("## Steps")
    assert "First reply: missed" in l2
    assert "First reply" not in engineering
    kept = json.loads(text(built(given, "l2"), "ticket.json"))["tickets"][0]
    assert kept["slas"][0]["breached"] is True
    left = json.loads(text(built(given), "ticket.json"))
    assert "slas" in left["left_out"]
    assert not set(left["left_out"]) & left["tickets"][0].keys()


def test_impact_is_added_up() -> None:
    other = Person(id="9", name="Jo Doe", email="jo@other.example")
    three = (
        ticket(12),
        ticket(13, requester=other, organization=NamedRef(id="p", name="Other Ltd"), priority=Priority.P1),
        ticket(14, requester=EVA, status=Status.CLOSED, created_at=NOW - timedelta(days=2)),
    )
    made = built(case(*three, users=40))
    readme = text(made, "README.md")
    assert "3 tickets of 2 customers in 2 organizations, 2 still open" in readme
    assert "first 2026-02-28 12:00 UTC" in readme
    assert "40 users named as hit" in readme
    assert "**Severity:** P1" in readme
    assert [each.key for each in made.manifest.tickets] == ["SUP-12", "SUP-13", "SUP-14"]


def test_times_in_two_zones_and_one_order() -> None:
    rows = list(csv.DictReader(io.StringIO(text(built(), "timeline.csv"))))
    assert [row["utc"] for row in rows] == sorted(row["utc"] for row in rows)
    assert rows[0]["utc"] == "2026-03-02T02:00:00Z"
    assert rows[0]["local"] == "2026-03-02T03:00:00+01:00"
    assert any("status: new → open; assignee: (empty) → [PERSON_" in row["what"] for row in rows)


def test_errors_of_a_log_stand_in_the_timeline_and_in_the_summary() -> None:
    made = built()
    rows = list(csv.DictReader(io.StringIO(text(made, "timeline.csv"))))
    [row] = [row for row in rows if row["source"] == "evidence/app.log"]
    assert (row["utc"], row["line"], row["failed"]) == ("2026-03-02T02:12:01Z", "1", "true")
    readme = text(made, "README.md")
    assert "## What failed, by the evidence" in readme
    assert "Begin at 2026-03-02 02:12:01 UTC" in readme
    assert "read for you: evidence/app.log.md" in readme
    assert "9f8e7d6c5b4a" in text(made, "evidence/app.log.md")


def test_a_cell_is_no_formula() -> None:
    made = built(case(ticket(title='=HYPERLINK("http://x")', key="=1+1")))
    for row in csv.reader(io.StringIO(text(made, "timeline.csv"))):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_foreign_markup_shows_as_it_is() -> None:
    hostile = "<script>alert(1)</script> @team #1 ![x](http://y) | a `b`\n# not a heading\n---\n{noformat}h1. no"
    made = built(case(elements=[Element(name="actual", state="present", text=hostile, source="SUP-12, description")]))
    page = text(made, "summary.html")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    markdown = text(made, "summary.md")
    assert "@team" not in markdown
    assert "\n# not" not in markdown
    assert "![x](" not in markdown
    wiki = text(made, "summary.wiki")
    assert wiki.count("{noformat}") % 2 == 0
    assert "{ noformat}h1. no" in wiki


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    page = text(built(), "summary.html")
    assert "default-src 'none'; style-src 'sha256-" in page
    assert not re.search(r"<(?:script|img|link|iframe|object)|\son\w+=|url\(|@import", page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    from base64 import b64encode

    assert b64encode(hashlib.sha256(style[1].encode()).digest()).decode() in page


@pytest.mark.parametrize("to", ["engineering", "l2"])
def test_a_ticket_with_nothing(to: str) -> None:
    bare = ticket(
        title=None, description=None, url=None, status=None, native_status=None, priority=None, requester=None,
        assignee=None, group=None, organization=None, created_at=None, comments=[], history=[], custom=[],
        attachments=[],
    )  # fmt: skip
    made = built(Case(tickets=[bare]), to)  # type: ignore[arg-type]
    assert "The ticket has no description." in text(made, "README.md")
    assert json.loads(text(made, "summary.jira.json"))["type"] == "doc"


def test_forty_kilobytes_of_mail_fit() -> None:
    long = "\n".join(f"> line {number} of what was quoted, 山田さん und Grüße" for number in range(900))
    comments = [comment(number, EVA, long) for number in range(1, 40)]
    given = case(
        ticket(description=long, comments=comments),
        elements=[Element(name="steps", state="present", text=long, source="SUP-12, description, line 1")],
    )
    made = built(given)
    assert len(text(made, "summary.md")) <= 30_000
    assert len(text(made, "summary.wiki")) <= 30_000
    assert len(text(made, "summary.jira.json")) <= 30_000
    json.loads(text(made, "summary.jira.json"))
    assert len(text(made, "README.md").splitlines()) < 120
    assert "all of it: ticket.json" in text(made, "README.md")
    assert long in json.loads(text(made, "ticket.json"))["tickets"][0]["description"]


def test_texts_that_begin_like_a_picture_are_texts() -> None:
    for body in ("MZ 3000 prints blanks for eva.kleinschmidt@firma-x.de", "RIFF\x00\x01\x02 x", "\ufeffPK\x03\x04 y"):
        told = json.loads(text(built(case(ticket(description=body))), "ticket.json"))["tickets"][0]["description"]
        assert told[:2] == body.lstrip("\ufeff")[:2]
        assert "firma-x" not in told


def test_names_of_files_that_become_the_same_are_apart() -> None:
    files = [
        File(name="log.txt", data=b"one\n"),
        File(name="LOG.TXT", data=b"two\n"),
        File(name="log.txt", data=b"3\n"),
    ]
    made = built(case(files=files))
    paths = sorted(name for name in made.files if name.startswith("evidence/"))
    assert len(paths) == len({path.casefold() for path in paths}) == 3


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "C:\\x\\y.log", "a\0b", "", "..", "con", "\u202egnp.exe"]
)
def test_a_name_leads_nowhere(name: str) -> None:
    made = built(case(files=[File(name=name, data=b"\x89PNG", needs_eye=True)]))
    [path] = [each for each in made.files if each.startswith("evidence/")]
    assert not {"", ".", ".."} & set(path.split("/"))
    assert not set('\\:*?"<>|\0') & set(path)
    assert path.startswith("evidence/")


def test_a_name_in_the_ticket_key_stays_and_is_said() -> None:
    own = NamedRef(id="o", name="Sup")
    made = built(case(ticket(organization=own)))
    assert json.loads(text(made, "ticket.json"))["tickets"][0]["key"] == "SUP-12"
    assert any("own key or address" in each for each in made.told.left_out)


@pytest.mark.parametrize("name", ["Evidence", "Content", "Marks Timeline", "Engineering Support", "Type Text"])
def test_a_customer_called_like_our_own_words(name: str) -> None:
    made = built(case(ticket(requester=Person(id="3", name=name, email="m@x.example"))), "engineering")
    node = json.loads(text(made, "summary.jira.json"))
    assert set(node) == {"type", "version", "content"}
    assert "## Evidence" in text(made, "README.md")


def test_what_is_left_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = building.timeline.of_ticket

    def leaking(told: dict[str, object], to: str) -> list[object]:
        leak = {"title": "for eva.kleinschmidt@firma-x.de"} if told["key"] == "SUP-12" else {}
        return list(real({**told, **leak}, to))  # type: ignore[arg-type]

    monkeypatch.setattr(building.timeline, "of_ticket", leaking)
    with pytest.raises(RefusedError) as caught:
        built()
    assert "nothing was written" in caught.value.message
    assert "firma-x" not in caught.value.message


def test_the_last_look_finds_values_in_every_writing() -> None:
    tokens = Tokens()
    tokens.token("SECRET", 'p&ss"wörd/7', secret=True)
    for written in ('p&ss"wörd/7', "p&amp;ss&quot;wörd/7", "p%26ss%22w%C3%B6rd%2F7", 'p&ss\\"w\\u00f6rd/7'):
        found = verify.left({"x": f"a {written} b".encode()}, tokens, Identities(), ours="")
        assert found == {"SECRET": 1}, written
    assert not verify.left({"x": b"nothing"}, tokens, Identities(), ours="")
    assert verify.left({'p&ss"wörd/7': b""}, tokens, Identities(), ours="") == {"SECRET": 1}
    named = Identities.of([EVA])
    assert verify.left({"x": b"KLEINSCHMIDT called"}, Tokens(), named, ours="") == {"PERSON": 1}


def test_a_value_across_two_pieces_is_found() -> None:
    tokens = Tokens()
    tokens.token("SECRET", "abcDEF123456+/xyz", secret=True)
    content = io.BytesIO(b"." * ((1 << 20) - 5) + b"abcDEF123456+/xyz" + b"." * 100)
    assert verify.left({"x": content}, tokens, Identities(), ours="")["SECRET"] >= 1


def test_wishes() -> None:
    assert building.packet_id("#4711", NOW) == "PKT-4711-20260302"
    assert building.packet_id("日本", NOW) == "PKT-ticket-20260302"
    assert wish().zone_name == "Europe/Berlin"
