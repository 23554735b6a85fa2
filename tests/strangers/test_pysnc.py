"""pysnc, ServiceNow's own Python client, as it comes: it speaks nothing but TLS."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

from supportctl.sandbox.certificates import make
from supportctl.sandbox.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from supportctl.sandbox.store import Store

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def instance(sandbox_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from pysnc import ServiceNowClient

    with serve(sandbox_store, tls=make(tmp_path)) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.authority))
        client = ServiceNowClient(server.url, ("ops", "sandbox-servicenow-password"))
        yield client
        client.session.close()
        # What the client leaves open is closed here, not in the middle of another test.
        del client
        gc.collect()


def incidents(instance: Any, query: str) -> Any:
    record = instance.GlideRecord("incident")
    record.add_encoded_query(query)
    record.query()
    return record


def number(store: Store) -> str:
    return str(store.value("SELECT number FROM sn_record WHERE cls = 'incident' AND active = 'true' ORDER BY number"))


def test_it_lists_every_page(instance: Any, sandbox_store: Store) -> None:
    record = instance.GlideRecord("incident", batch_size=25)
    record.query()
    listed = [str(row.number) for row in record]
    assert len(listed) == len(set(listed))
    assert len(listed) == sandbox_store.value("SELECT count(*) FROM sn_record WHERE cls = 'incident'")


def test_it_searches_and_counts(instance: Any, sandbox_store: Store) -> None:
    record = incidents(instance, "active=true^priority=1^ORpriority=2")
    assert record.get_row_count() == len(list(record))
    record = instance.GlideRecord("incident")
    record.fields = ["number", "state", "caller_id.name"]
    record.add_query("number", number(sandbox_store))
    record.query()
    assert record.next()
    assert record.get_display_value("state")
    assert record.get_value("caller_id.name")


def test_it_reads_one_by_sys_id(instance: Any, sandbox_store: Store) -> None:
    record = incidents(instance, f"number={number(sandbox_store)}")
    record.next()
    again = instance.GlideRecord("incident")
    assert again.get(record.sys_id)
    assert again.number == record.number
    assert again.opened_at.date_value() is not None


def test_it_updates_and_comments(instance: Any, sandbox_store: Store) -> None:
    record = incidents(instance, f"number={number(sandbox_store)}")
    record.next()
    record.work_notes = "Seen from pysnc."
    record.short_description = "Changed from pysnc"
    assert record.update() is not None
    again = instance.GlideRecord("incident")
    again.get(record.sys_id)
    assert again.short_description == "Changed from pysnc"
    journal = instance.GlideRecord("sys_journal_field")
    journal.add_query("element_id", record.sys_id)
    journal.add_query("value", "Seen from pysnc.")
    journal.query()
    assert journal.next()
    assert journal.element == "work_notes"


def test_it_tags_through_label_entry(instance: Any, sandbox_store: Store) -> None:
    record = incidents(instance, f"number={number(sandbox_store)}")
    record.next()
    label = instance.GlideRecord("label")
    label.initialize()
    label.name = "from-pysnc"
    label.viewable_by = "everyone"
    made = label.insert()
    entry = instance.GlideRecord("label_entry")
    entry.initialize()
    # `table` is a property of the client's own.
    for name, value in (("label", made), ("table", "incident"), ("table_key", str(record.sys_id))):
        entry.set_value(name, value)
    sys_id = entry.insert()
    assert incidents(instance, f"sys_tags.{made}={made}").get_row_count() == 1
    entry = instance.GlideRecord("label_entry")
    assert entry.get(sys_id)
    assert entry.delete()
    assert incidents(instance, f"sys_tags.{made}={made}").get_row_count() == 0


def test_it_creates_and_deletes(instance: Any) -> None:
    record = instance.GlideRecord("incident")
    record.initialize()
    record.short_description = "From pysnc"
    sys_id = record.insert()
    again = instance.GlideRecord("incident")
    assert again.get(sys_id)
    assert again.delete()
    assert not instance.GlideRecord("incident").get(sys_id)


def test_it_writes_in_batches(instance: Any) -> None:
    record = instance.GlideRecord("incident")
    record.add_query("active", "true")
    record.limit = 5
    record.query()
    for row in record:
        row.short_description = "In a batch"
    assert record.update_multiple() is True
    assert incidents(instance, "short_description=In a batch").get_row_count() == 5


def test_it_attaches_and_reads_attachments(instance: Any, sandbox_store: Store) -> None:
    record = incidents(instance, f"number={number(sandbox_store)}")
    record.next()
    record.add_attachment("notes.txt", b"written by pysnc", content_type="text/plain")
    attachment = record.get_attachments()
    assert [each.file_name for each in attachment if each.file_name == "notes.txt"]
    again = instance.Attachment("incident")
    again.add_query("table_sys_id", record.sys_id)
    again.add_query("file_name", "notes.txt")
    again.query()
    assert again.next()
    assert again.read() == b"written by pysnc"


def test_what_is_refused_raises(instance: Any) -> None:
    from pysnc import ServiceNowClient
    from pysnc.exceptions import AuthenticationException, RequestException

    record = instance.GlideRecord("no_such_table")
    with pytest.raises(RequestException):
        record.query()
        record.next()
    stranger = ServiceNowClient(instance.instance, ("ops", "wrong"))
    with pytest.raises((AuthenticationException, RequestException)):
        stranger.GlideRecord("incident").query()
    stranger.session.close()


@pytest.mark.slow
@pytest.mark.parametrize("grant", ["password", "client credentials"])
def test_it_signs_in_by_oauth(
    sandbox_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grant: str
) -> None:
    from pysnc import ServiceNowClient
    from pysnc.auth import ServiceNowClientCredentialsFlow, ServiceNowPasswordGrantFlow

    client = ("sandbox-client", "sandbox-client-secret")
    with serve(sandbox_store, tls=make(tmp_path)) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.authority))
        flow = (
            ServiceNowPasswordGrantFlow("ops", "sandbox-servicenow-password", *client)
            if grant == "password"
            else ServiceNowClientCredentialsFlow(*client)
        )
        instance = ServiceNowClient(server.url, flow)
        assert incidents(instance, "active=true").get_row_count() > 0
        instance.session.close()
        assert server.stats["requests"]["POST /oauth_token.do"] == 1
        del instance
        gc.collect()
