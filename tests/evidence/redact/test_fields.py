"""Tables and XML: the name of a column, an element or an attribute says what a value is."""

import csv
import io
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.evidence.redact import Source, content, redact
from tests.evidence.redact.test_properties import one

TABLES = [
    ("Name,Email,Status\nEva Klein,eva.klein@firma-x.de,open\n", "Name,Email,Status\n[PERSON_1],[EMAIL_1],open\n"),
    (
        "Kunde;Straße;PLZ;Ort;Geburtsdatum\nEva Klein;Am Ring 5;10115;Berlin;03.04.1980\n",
        "Kunde;Straße;PLZ;Ort;Geburtsdatum\n[PERSON_1];[ADDRESS_1];[ADDRESS_2];[ADDRESS_3];[BIRTH_DATE_1]\n",
    ),
    ("氏名\t電話番号\t件名\n山田太郎\t03-1234-5678\t障害\n", "氏名\t電話番号\t件名\n[PERSON_1]\t[PHONE_1]\t障害\n"),
    ('"id","caller_id"\r\n"7","Eva ""E"" Klein"\r\n', '"id","caller_id"\r\n"7","[PERSON_1]"\r\n'),
    ("name,value,time\ncpu.load,0.7,2024-05-01 10:00:00\n", None),
    ("id,user_id,session_token\n1,4711,Abc123Def456Ghi\n", "id,user_id,session_token\n1,4711,[SECRET_1]\n"),
    ('id,text\n1,"call me: +49 30 90182040,\nthanks"\n', 'id,text\n1,"call me: [PHONE_1],\nthanks"\n'),
    ("only one column\nEva\n", None),
]


@pytest.mark.parametrize(("table", "told"), TABLES, ids=[table[:12] for table, _ in TABLES])
def test_columns(table: str, told: str | None) -> None:
    assert one(table.encode(), name="a.csv").decode() == (table if told is None else told)


CELLS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20)


@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_any_table_keeps_its_shape(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([["id", "Name", "Email"], *rows])
    told = one(out.getvalue().encode(), name="a.csv")
    again = list(csv.reader(io.StringIO(told.decode(), newline="")))
    assert [len(row) for row in again] == [3] * (len(rows) + 1)
    assert one(told, name="a.csv") == told


def test_a_large_table_keeps_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "LARGE", 2000)
    monkeypatch.setattr(content, "_PIECE", 700)
    monkeypatch.setattr(content, "_COPIED", 300)
    table = "Requester,Text\n" + "".join(f'Eva Klein{n},"one\ntwo {n}\n\nthree"\n' for n in range(300))
    [done] = redact([Source("a.csv", io.BytesIO(table.encode()))]).files
    assert done.stream is not None
    told = done.stream.read().decode()
    done.close()
    assert "Klein" not in told
    assert told.count("three") == 300


MARKUP = [
    ("<a><password>Ge&amp;heim77</password></a>", "<a><password>[PASSWORD_1]</password></a>"),
    ("<db user='eklein' password='Geheim77!x' port='5'/>", "<db user='[USER_1]' password='[PASSWORD_1]' port='5'/>"),
    (
        '<add key="ApiKey" value="Abc123Def456"/><add key="Port" value="8080"/>',
        '<add key="ApiKey" value="[SECRET_1]"/><add key="Port" value="8080"/>',
    ),
    (
        "<p><name>password</name><value>Geheim77!x</value></p>",
        "<p><name>password</name><value>[PASSWORD_1]</value></p>",
    ),
    ('<property name="token">Abc123Def456</property>', '<property name="token">[SECRET_1]</property>'),
    (
        "<wsse:Password Type='x'>\n  Geheim77!x\n</wsse:Password>",
        "<wsse:Password Type='x'>\n  [PASSWORD_1]\n</wsse:Password>",
    ),
    ("<m><![CDATA[mail eva.klein@firma-x.de]]></m>", "<m><![CDATA[mail [EMAIL_1]]]></m>"),
    ("<!-- was eva.klein@firma-x.de --><a/>", "<!-- was [EMAIL_1] --><a/>"),
    ("<email>eva.klein@firma-x.de", "<email>[EMAIL_1]"),
    ("<t at='2024-05-01T10:00:00Z' requestId='3f2504e0-4f89-11d3-9a0c-0305e82c3301'>ok &lt; 5</t>", None),
]


@pytest.mark.parametrize(("markup", "told"), MARKUP, ids=[markup[:20] for markup, _ in MARKUP])
def test_elements(markup: str, told: str | None) -> None:
    assert one(markup.encode(), name="a.xml").decode() == (markup if told is None else told)


@given(value=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=8, max_size=30), name=CELLS)
def test_any_xml_stays_well_formed(value: str, name: str) -> None:
    root = ElementTree.Element("root", {"token": value, "x": name if name.isprintable() else ""})
    ElementTree.SubElement(root, "secret").text = value
    ElementTree.SubElement(root, "note").text = f"eva.klein@firma-x.de {value}"
    try:
        data = ElementTree.tostring(root, encoding="utf-8")
        ElementTree.fromstring(data)
    except ElementTree.ParseError:
        return
    told = one(data, name="a.xml")
    again = ElementTree.fromstring(told)
    assert again.find("note") is not None
    assert b"firma-x" not in told
    assert one(told, name="a.xml") == told


def test_exports_of_trackers_are_read_by_their_columns() -> None:
    head = "Number,Opened by,Short description,Work notes\n"
    told = one((head + "INC0010001,Eva Klein,Mail broken,Eva Klein called\n").encode(), name="export.csv").decode()
    assert told == head + "INC0010001,[PERSON_1],Mail broken,[PERSON_1] called\n"


def test_a_cookie_of_a_log_is_known_by_its_value_alone() -> None:
    log = (
        b"2024-05-01 10:00:00 INFO Cookie: session=abcDEF123456789; theme=dark\n"
        b"2024-05-01 10:00:01 WARN abcDEF123456789 refused\n"
    )
    told = one(log, name="a.log").decode()
    assert "Cookie: session=[COOKIE_1]; theme=" in told
    assert told.endswith("WARN [COOKIE_1] refused\n")
