"""Short addresses: a query too long for a URL is kept, and named by ``sysparm_tiny``."""

from urllib.parse import urlsplit
from uuid import uuid4

from supportctl.sandbox.servicenow.call import Answer, ApiError, Call
from supportctl.sandbox.store import Store


def create(call: Call) -> Answer:
    url = str(call.json().get("url") or "")
    if not url:
        raise ApiError(400, "Missing required parameter", "url")
    parts = urlsplit(url)
    number = uuid4().hex
    with call.store.write() as db:
        db.execute("INSERT INTO sn_tiny VALUES (?, ?)", (number, parts.query))
    return Answer({"result": {"tiny_url": f"{parts.path}?sysparm_tiny={number}"}}, 201)


def query_of(store: Store, number: str) -> str:
    """The query kept under that name; empty when there is none."""
    found = store.value("SELECT query FROM sn_tiny WHERE id = ?", (number,))
    return "" if found is None else str(found)
