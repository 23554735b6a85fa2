"""What somebody's script with pysnow does. Arguments: address, user, password. One line an operation."""

import sys
import traceback

import pysnow

address, user, password = sys.argv[1:4]
client = pysnow.Client(host=address.removeprefix("http://"), user=user, password=password, use_ssl=False)
incidents = client.resource(api_path="/table/incident")
seen = {}


def listing():
    numbers = [row["number"] for row in incidents.get(query={}, stream=True).all()]
    assert len(numbers) == len(set(numbers)) > 100, len(numbers)


def search():
    query = pysnow.QueryBuilder().field("active").equals("true").AND().field("priority").equals("3")
    rows = list(incidents.get(query=query, limit=5).all())
    assert rows
    assert {row["priority"] for row in rows} == {"3"}
    seen["number"] = rows[0]["number"]


def read():
    assert incidents.get(query={"number": seen["number"]}).one()["number"] == seen["number"]


def comment():
    changed = incidents.update(query={"number": seen["number"]}, payload={"work_notes": "Seen from pysnow."}).one()
    notes = client.resource(api_path="/table/sys_journal_field")
    found = notes.get(query={"element_id": changed["sys_id"], "value": "Seen from pysnow."}).one()
    assert found["element"] == "work_notes"


def update():
    incidents.update(query={"number": seen["number"]}, payload={"short_description": "From pysnow"})
    assert incidents.get(query={"number": seen["number"]}).one()["short_description"] == "From pysnow"


def tag():
    label = client.resource(api_path="/table/label").create(payload={"name": "from-pysnow", "viewable_by": "everyone"})
    key = incidents.get(query={"number": seen["number"]}).one()["sys_id"]
    entries = client.resource(api_path="/table/label_entry")
    entries.create(payload={"label": label.one()["sys_id"], "table": "incident", "table_key": key})
    assert len(list(entries.get(query={"table_key": key, "label": label.one()["sys_id"]}).all())) == 1


for operation in (listing, search, read, comment, tag, update):
    try:
        operation()
        print(f"{operation.__name__}\tok", flush=True)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is the result)
        traceback.print_exc()
        print(f"{operation.__name__}\t{type(error).__name__}: {error}", flush=True)
