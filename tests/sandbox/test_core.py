"""The store, the server and the fixture they are used through."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from supportctl.errors import StateError
from supportctl.sandbox.loading import load_file
from supportctl.sandbox.profiles import profiles
from supportctl.sandbox.server import serve
from supportctl.sandbox.store import Store


def test_nested_writes_are_one_transaction_and_roll_back() -> None:
    with Store() as store:
        with pytest.raises(ValueError), store.write():
            store.set_meta("a", "1")
            assert store.get_meta("a") == "1"
            raise ValueError
        assert store.get_meta("a") is None


def test_many_threads_read_and_write() -> None:
    with Store() as store:
        store.set_meta("n", "0")

        def bump() -> None:
            for _ in range(20):
                with store.write():
                    store.set_meta("n", str(int(store.get_meta("n") or 0) + 1))

        threads = [threading.Thread(target=bump) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.get_meta("n") == "120"


def test_a_file_of_another_kind_is_refused_by_name(tmp_path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("this is no database, and long enough for SQLite to notice it" * 20)
    with pytest.raises(StateError, match=r"notes\.txt"):
        Store(path)


def test_the_clock_can_stand_elsewhere() -> None:
    with Store() as store:
        there = datetime(2016, 5, 1, tzinfo=UTC)
        store.set_clock(there)
        assert timedelta(0) <= store.now() - there < timedelta(minutes=1)
        store.set_clock(None)
        assert abs(store.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_server_counts_and_stops() -> None:
    with Store() as store:
        with serve(store) as server:
            assert httpx.get(server.url + "/nowhere").status_code == 404
            stats = httpx.get(server.url + "/__sandbox/stats").json()
            assert stats["requests"] == {"GET /nowhere": 1}
            assert stats["total"] == 1
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.url + "/nowhere")


def test_a_taken_port_is_said() -> None:
    with Store() as store, serve(store) as server, pytest.raises(StateError, match=str(server.port)):
        serve(store, port=server.port)


def test_profiles_name_every_platform() -> None:
    found = profiles("http://127.0.0.1:1/")
    assert {profile["platform"] for profile in found} == {"zendesk", "jsm", "servicenow"}
    urls = {"cloud": "http://127.0.0.1:1", "data_center": "http://127.0.0.1:1/jira"}
    assert all(profile["url"] == urls[profile["deployment"]] and profile["secret"] for profile in found)
    assert [profile["name"] for profile in found if profile["deployment"] == "data_center"] == ["demo-jira-dc"]


def test_the_fixture_serves_the_seeded_company_and_resets(sandbox) -> None:
    sandbox.store.set_meta("scratch", "1")
    sandbox.reset()
    assert sandbox.store.get_meta("scratch") is None
    assert httpx.post(sandbox.url + "/__sandbox/reset", timeout=60).json() == {"reset": True}


def test_loading_tells_what_it_replaced(tmp_path) -> None:
    path = tmp_path / "issues.jsonl"
    fields = '{"summary": "x", "created": "2026-01-01T00:00:00.000+0000"}'
    path.write_text(f'{{"id": "1", "key": "A-1", "fields": {fields}}}\n')
    with Store() as store:
        assert load_file(store, path).replaced == 0
        report = load_file(store, path)
        assert (report.loaded, report.replaced) == (1, 1)
