"""Every OAuth way to sign in: a whole run, tokens that end in the middle of one, refusals, and nothing told."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from supportctl.adapters.base import LISTING, Selection
from supportctl.adapters.reading import Reading
from supportctl.errors import AuthError, ConfigError, PermissionDeniedError, StateError
from supportctl.query import parse
from supportctl.sandbox import tokens
from supportctl.sandbox.conditions import Conditions
from supportctl.token_store import FileStore, Tokens
from supportctl.wire import Intent
from tests.conformance.subjects import SUBJECTS, SharedClock
from tests.signin.flows import CLIENT_SECRET, FLOWS, ROTATING, Flow, lines_of

if TYPE_CHECKING:
    from supportctl.adapters.base import Adapter
    from tests.fixtures.sandbox import Sandbox

EACH = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
EACH_ROTATING = pytest.mark.parametrize("flow", ROTATING, ids=lambda flow: flow.name)


class Clock(SharedClock):
    """Can end the faults when somebody waits for the nth time: after that many attempts."""

    _left = 0

    def stop_faults_after(self, waits: int) -> None:
        self._left = waits

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._left -= 1
        if self._left == 0:
            self.store.conditions = Conditions()


@pytest.fixture
def clock(sandbox: Sandbox) -> Clock:
    return Clock(sandbox.store)


def everything(sandbox: Sandbox) -> Selection:
    return Selection(now=sandbox.store.now())


def listed(adapter: Adapter, sandbox: Sandbox, limit: int | None = None, query: str | None = None) -> list[str]:
    now = sandbox.store.now()
    selection = Selection(now=now, query=parse(query, now=now) if query else None)
    return [ticket.id for ticket in Reading(adapter, selection, LISTING, limit=limit)]


def subject_of(flow: Flow):  # type: ignore[no-untyped-def]
    return next(each for each in SUBJECTS if each.platform == flow.platform)


def live(sandbox: Sandbox, kind: str = "access") -> list[str]:
    rows = sandbox.store.rows("SELECT token FROM oauth_token WHERE kind = ? AND state = 'live' ORDER BY given", (kind,))
    return [row[0] for row in rows]


def asked(sandbox: Sandbox) -> int:
    """Requests that reached a token endpoint."""
    return sum(number for route, number in sandbox.stats["requests"].items() if "oauth" in route and "POST" in route)


def secrets_of(sandbox: Sandbox, flow: Flow) -> list[str]:
    return [row[0] for row in sandbox.store.rows("SELECT token FROM oauth_token")] + [flow.secret, CLIENT_SECRET]


def assert_nothing_told(text: str, sandbox: Sandbox, flow: Flow) -> None:
    assert not [secret for secret in secrets_of(sandbox, flow) if secret in text]


@pytest.mark.slow
@EACH
def test_a_whole_queue_is_read_with_one_token(flow: Flow, sandbox: Sandbox, clock: Clock, tmp_path: Path) -> None:
    with flow.open(sandbox, clock, tmp_path) as adapter:
        assert set(listed(adapter, sandbox)) == set(subject_of(flow).ids(sandbox))
        assert not [line for line in adapter.check() if line.ok is False and line.name != "clock"]
        shown = f"{adapter.transport!r} {adapter.transport._engine._auth!r}"
        assert adapter.transport.stats.by_endpoint.total() == adapter.transport.stats.requests
    assert asked(sandbox) == 1
    assert lines_of(tmp_path)
    assert_nothing_told(shown + "\n".join(lines_of(tmp_path)), sandbox, flow)


@pytest.mark.slow
@EACH
def test_a_token_that_ends_in_the_middle_is_replaced(
    flow: Flow, sandbox: Sandbox, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the clock before it ends, and after a refusal when it was revoked; no ticket is lost on the way."""
    subject = subject_of(flow)
    subject.small_pages(monkeypatch)
    with flow.open(sandbox, clock, tmp_path) as adapter:
        found = []
        for ticket in Reading(adapter, everything(sandbox), LISTING):
            found.append(ticket.id)
            if len(found) == 60:
                clock.sleep(3 * 86_400)
            elif len(found) == 120:
                for token in live(sandbox):
                    tokens.revoke(sandbox.store, token)
    assert set(found) == set(subject.ids(sandbox))
    assert len(found) == len(set(found))
    assert asked(sandbox) == 3
    assert sandbox.stats["statuses"].get("401", 0) == 1, "only the revoked token may have been refused"
    assert_nothing_told("\n".join(lines_of(tmp_path)), sandbox, flow)


@EACH
def test_a_write_that_meets_an_ended_token_is_made_once(
    flow: Flow, sandbox: Sandbox, clock: Clock, tmp_path: Path
) -> None:
    with flow.open(sandbox, clock, tmp_path) as adapter:
        ticket = listed(adapter, sandbox, 1, "status:open")[0]
        for token in live(sandbox):
            tokens.revoke(sandbox.store, token)
        method, path, body = {
            "zendesk": ("PUT", f"/api/v2/tickets/{ticket}.json", {"ticket": {"subject": "renamed"}}),
            "jsm": ("PUT", f"/rest/api/3/issue/{ticket}", {"fields": {"summary": "renamed"}}),
            "servicenow": ("PATCH", f"/api/now/table/task/{ticket}", {"short_description": "renamed"}),
        }[flow.platform]
        adapter.transport.request(method, path, json=body, intent=Intent.ONCE, expect_json=flow.platform != "jsm")
        again = next(iter(adapter.get([ticket], LISTING))).items[0]
    assert again.title == "renamed"
    assert sandbox.stats["statuses"].get("401") == 1


@EACH
def test_what_is_refused_ends_in_words(flow: Flow, sandbox: Sandbox, clock: Clock, tmp_path: Path) -> None:
    cases = [({"client_id": "nobody"}, None)]
    if flow.kind == "refresh_token":
        cases.append(({}, None))
        (tmp_path / "refresh-token").touch(mode=0o600)
        (tmp_path / "refresh-token").write_text("wrong-token-91xz")
    elif flow.kind == "password":
        cases.append(({}, "wrong-token-91xz"))
    for auth, secret in cases:
        with flow.open(sandbox, clock, tmp_path, secret=secret, **auth) as adapter:
            with pytest.raises(AuthError) as caught:
                listed(adapter, sandbox, 1)
            assert caught.value.exit_code == 4
            assert caught.value.hint
            assert "wrong-token" not in f"{caught.value.message}{caught.value.hint}{lines_of(tmp_path)}"
            assert_nothing_told(caught.value.message + caught.value.hint, sandbox, flow)


def test_a_revoked_sign_in_says_how_to_come_back(sandbox: Sandbox, clock: Clock, tmp_path: Path) -> None:
    flow = ROTATING[0]
    with flow.open(sandbox, clock, tmp_path) as adapter:
        listed(adapter, sandbox, 1)
        tokens.revoke(sandbox.store, live(sandbox)[0], whole_chain=True)
        with pytest.raises(
            AuthError, match="refresh token: it has expired, was revoked, or was used already"
        ) as caught:
            listed(adapter, sandbox, 1)
    assert "sign in again" in (caught.value.hint or "")
    assert "refresh-token" in (caught.value.hint or "")


def test_an_expired_refresh_token_is_refused_too(sandbox: Sandbox, clock: Clock, tmp_path: Path) -> None:
    flow = ROTATING[0]
    with flow.open(sandbox, clock, tmp_path) as adapter:
        listed(adapter, sandbox, 1)
        clock.sleep(90 * 86_400)
        with pytest.raises(AuthError, match="expired"):
            listed(adapter, sandbox, 1)


@pytest.mark.slow
@EACH_ROTATING
def test_what_is_stored_works_for_the_next_run(flow: Flow, sandbox: Sandbox, clock: Clock, tmp_path: Path) -> None:
    for _ in range(2):
        with flow.open(sandbox, clock, tmp_path) as adapter:
            assert listed(adapter, sandbox, 1)
    assert asked(sandbox) == 1, "the access token of the first run was good for the second"
    clock.sleep(3 * 86_400)
    with flow.open(sandbox, clock, tmp_path) as adapter:
        assert listed(adapter, sandbox, 1)
    assert asked(sandbox) == 2
    path = tmp_path / "refresh-token"
    assert path.stat().st_mode & 0o777 == 0o600
    held = json.loads(path.read_text())
    assert held["refresh_token"] in ([flow.secret] if flow.platform == "servicenow" else live(sandbox, "refresh"))
    assert sorted(each.name for each in tmp_path.iterdir() if "refresh" in each.name) in (
        ["refresh-token"],
        ["refresh-token", "refresh-token.lock"],
    )


PASSING = ("429", "5xx before commit", "reset before commit")
LOSING = ("5xx after commit", "reset after commit", "cut-off body", "truncated JSON")
"""Faults before the platform did its part, and those that take its answer."""


@pytest.mark.slow
@EACH
@pytest.mark.parametrize("kind", PASSING)
def test_a_fault_before_a_token_is_given_is_only_a_delay(
    flow: Flow, kind: str, sandbox: Sandbox, clock: Clock, tmp_path: Path
) -> None:
    sandbox.store.conditions = Conditions(faults=2, fault_rate=0.4, fault_kinds=(kind,))
    with flow.open(sandbox, clock, tmp_path) as adapter:
        assert len(listed(adapter, sandbox, 3)) == 3


@pytest.mark.slow
@EACH
@pytest.mark.parametrize("kind", LOSING)
def test_a_lost_answer_costs_a_token_only_where_each_is_good_once(
    flow: Flow, kind: str, sandbox: Sandbox, clock: Clock, tmp_path: Path
) -> None:
    """The first answer is lost. What was used up with it is told; no half-written file is left."""
    rotates = flow.kind == "refresh_token" and flow.platform != "servicenow"
    sandbox.store.conditions = Conditions(faults=1, fault_rate=1.0, fault_kinds=(kind,))
    clock.stop_faults_after(1)
    with flow.open(sandbox, clock, tmp_path) as adapter:
        if rotates:
            with pytest.raises(AuthError, match="used already") as caught:
                listed(adapter, sandbox, 3)
            assert "sign in again" in (caught.value.hint or "")
        else:
            assert len(listed(adapter, sandbox, 3)) == 3
    if flow.kind == "refresh_token":
        assert FileStore(str(tmp_path / "refresh-token")).read().refresh_token == flow.secret or not rotates
    assert_nothing_told("\n".join(lines_of(tmp_path)), sandbox, flow)


def test_a_place_that_cannot_be_written_keeps_its_token(
    sandbox: Sandbox, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = ROTATING[0]

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("supportctl.token_store.os.fsync", full)
    with flow.open(sandbox, clock, tmp_path) as adapter, pytest.raises(StateError, match="No space left"):
        listed(adapter, sandbox, 1)
    assert asked(sandbox) == 0, "a refresh token was used up with no place for the next"
    monkeypatch.undo()
    with flow.open(sandbox, Clock(sandbox.store), tmp_path) as adapter:
        assert listed(adapter, sandbox, 1)


# Scopes


def test_a_scope_that_is_too_small_is_named(sandbox: Sandbox, clock: Clock, tmp_path: Path) -> None:
    flow = FLOWS[0]
    with flow.open(sandbox, clock, tmp_path, scope="read") as adapter:
        ticket = listed(adapter, sandbox, 1)[0]
        with pytest.raises(PermissionDeniedError) as caught:
            adapter.transport.request("PUT", f"/api/v2/tickets/{ticket}.json", json={"ticket": {}}, intent=Intent.ONCE)
        assert "the token's scope is: read" in (caught.value.hint or "")
        scopes = next(line for line in adapter.check() if line.name == "token scopes")
    assert scopes.ok is False
    assert scopes.detail == "read"


def test_a_scope_nobody_knows_yields_a_token_with_which_everything_is_forbidden(
    sandbox: Sandbox, clock: Clock, tmp_path: Path
) -> None:
    flow = FLOWS[0]
    forbidden = pytest.raises(PermissionDeniedError)
    with flow.open(sandbox, clock, tmp_path, scope="reed") as adapter, forbidden as caught:
        listed(adapter, sandbox, 1)
    assert "the token's scope is: reed" in (caught.value.hint or "")


def test_another_scope_than_asked_for_is_a_warning() -> None:
    from supportctl.wire import Transport
    from supportctl.wire.oauth import TokenEndpoint, TokenRequest

    answer = httpx.Response(201, json={"access_token": "t0ken", "token_type": "bearer", "scope": "read"})
    wire = Transport("https://a.example", transport=httpx.MockTransport(lambda _: answer))
    endpoint = TokenEndpoint(
        TokenRequest("https://a.example/oauth/tokens", extra={"scope": "read write"}), lambda _: wire, client_id="c"
    )
    endpoint.ask("client_credentials")
    assert wire.stats.warnings == ["the token has the scope 'read', not 'read write'"]


@pytest.mark.parametrize(
    "answer", [{}, {"access_token": 5}, {"access_token": ""}, {"access_token": "with space"}, [], "t0ken", None]
)
def test_an_answer_without_a_token_is_an_error_that_quotes_nothing(answer: object) -> None:
    from supportctl.errors import SupportctlError
    from supportctl.wire import Transport
    from supportctl.wire.oauth import TokenEndpoint, TokenRequest

    wire = Transport("https://a.example", transport=httpx.MockTransport(lambda _: httpx.Response(200, json=answer)))
    endpoint = TokenEndpoint(TokenRequest("https://a.example/oauth/tokens"), lambda _: wire, client_id="c")
    with pytest.raises(SupportctlError) as caught:
        endpoint.ask("client_credentials")
    assert "with space" not in caught.value.message


# Jira's tokens with scopes


def test_a_token_with_scopes_is_good_at_the_gateway_only(sandbox: Sandbox, clock: Clock, tmp_path: Path) -> None:
    flow = Flow("jsm", "api_token", "sandbox-jira-scoped", user="ops@harborlight.example")
    with flow.open(sandbox, clock, tmp_path) as adapter:
        tickets = list(Reading(adapter, everything(sandbox), LISTING))
        assert {ticket.id for ticket in tickets} == set(subject_of(flow).ids(sandbox))
        assert all((ticket.url or "").startswith(f"{sandbox.url}/browse/") for ticket in tickets)
        assert not [line for line in adapter.check() if line.ok is False]
    site = ("ops@harborlight.example", "sandbox-jira-scoped")
    assert httpx.get(f"{sandbox.url}/rest/api/3/myself", auth=site).status_code == 401
    classic = ("ops@harborlight.example", "sandbox-jira-token")
    assert httpx.get(f"{sandbox.url}/rest/api/3/myself", auth=classic).status_code == 200


def test_a_token_whose_scopes_do_not_reach_is_told_so(sandbox: Sandbox, clock: Clock, tmp_path: Path) -> None:
    flow = Flow("jsm", "api_token", "sandbox-jira-scoped-read", user="ops@harborlight.example")
    with flow.open(sandbox, clock, tmp_path) as adapter:
        ticket = listed(adapter, sandbox, 1)[0]
        with pytest.raises(AuthError, match="the token's scopes do not reach this"):
            adapter.transport.request("PUT", f"/rest/api/3/issue/{ticket}", json={}, intent=Intent.ONCE)


def test_check_names_the_gateway_to_who_tries_a_token_with_scopes_at_the_site() -> None:
    from supportctl.adapters.jsm import check
    from supportctl.adapters.jsm.platform import classify
    from supportctl.adapters.jsm.site import Site
    from supportctl.config import Auth, Profile
    from supportctl.wire import Transport

    cloud = "11111111-2222-3333-4444-555555555555"

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/_edge/tenant_info":
            return httpx.Response(200, json={"cloudId": cloud})
        return httpx.Response(401, text="Client must be authenticated to access this resource.")

    profile = Profile(
        name="prod", platform="jsm", url="https://acme.atlassian.net", auth=Auth(kind="api_token", user="a@b.c")
    )
    wire = Transport(profile.url, transport=httpx.MockTransport(answer), classify=classify)
    (line,) = check.run(Site(profile, wire))
    assert line.ok is False
    assert f"profile set prod --url https://api.atlassian.com/ex/jira/{cloud}" in (line.hint or "")


# Where secrets may come from


def test_a_refresh_token_from_a_variable_is_refused(sandbox: Sandbox) -> None:
    from supportctl.credentials import Origin, Secret
    from supportctl.token_store import store_of

    for origin, detail in ((Origin.ENVIRONMENT, "X"), (Origin.COMMAND, "op"), (Origin.FILE, "-")):
        with pytest.raises(ConfigError, match="cannot be replaced"):
            store_of(FLOWS[1].profile(sandbox), Secret("t", origin, detail))


@pytest.mark.parametrize(
    "text", ["", "  \n", "{}", '{"refresh_token": ""}', '{"refresh_token": 5}', '{"refresh_token": "a\\nb"}', "{broken"]
)
def test_a_file_without_a_refresh_token_is_told_from_one_with(text: str, tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.touch(mode=0o600)
    path.write_text(text)
    with pytest.raises(AuthError, match="holds no refresh token"):
        FileStore(str(path)).read()
    path.write_text('{"refresh_token": "abc", "note": "mine"}')
    assert FileStore(str(path)).read() == Tokens(refresh_token="abc")
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="can be read by other users"):
        FileStore(str(path)).read()


def test_an_access_token_is_replaced_before_it_ends() -> None:
    from supportctl.wire.oauth import Grant
    from tests.wire.servers import FakeClock

    now = FakeClock().now()
    ends = {life: Grant(access_token="t", expires_in=life).end(now) for life in (1800, 100, "3600", None, 0, "soon")}
    told = {life: None if end is None else (end - now) / timedelta(seconds=1) for life, end in ends.items()}
    assert told == {1800: 1740, 100: 80, "3600": 3540, None: None, 0: None, "soon": None}
