"""Where a sign-in goes, and what it is found by: hosts, files, deployments."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from supportctl.adapters.registry import PLATFORMS, open_adapter
from supportctl.config import Auth, Profile, load
from supportctl.errors import AuthError, ConfigError
from supportctl.token_store import FileStore
from supportctl.wire import Transport
from supportctl.wire.oauth import Grant, Minted, TokenEndpoint, TokenRefusedError, TokenRequest
from tests.commands.fakes import Result
from tests.wire.servers import FakeClock

Cli = Callable[..., Result]
CLOUD = "https://auth.atlassian.com/oauth/token"


@pytest.mark.parametrize(
    ("platform", "address", "endpoint"),
    [
        ("zendesk", "acme", "https://acme.zendesk.com/oauth/tokens"),
        ("servicenow", "acme", "https://acme.service-now.com/oauth_token.do"),
        ("jsm", "https://api.atlassian.com/ex/jira/0000", CLOUD),
        ("jsm", "acme", CLOUD),
        ("jsm", "https://jira.corp.example", "https://jira.corp.example/rest/oauth2/latest/token"),
        ("jsm", "https://corp.example/jira", "https://corp.example/jira/rest/oauth2/latest/token"),
    ],
)
def test_a_refresh_token_goes_to_the_profiles_own_platform(
    cli: Cli, home: Path, platform: str, address: str, endpoint: str
) -> None:
    options = ("--auth", "refresh_token", "--client-id", "c", "--no-check", "--no-store")
    assert cli("profile", "add", "p", "--platform", platform, "--url", address, *options).code == 0
    profile = load().profiles["p"]
    assert import_module(f"{PLATFORMS[platform]}.platform").token_request(profile).url == endpoint


def test_cloud_somewhere_else_has_to_name_its_endpoint(tmp_path: Path) -> None:
    profile = Profile(
        name="p",
        platform="jsm",
        url="https://proxy.example/ex/jira/0000",
        auth=Auth(kind="refresh_token", client_id="c"),
    )
    with pytest.raises(ConfigError, match="where its tokens are given out"):
        open_adapter(profile, secret="", store=FileStore(str(tmp_path / "t")))


def test_files_are_found_from_every_folder(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    for name in ("token", "client"):
        (home / name).touch(mode=0o600)
        (home / name).write_text("x")
    options = ("--url", "acme", "--auth", "refresh_token", "--client-id", "c", "--no-check", "--no-store")
    files = ("--token-file", "token", "--client-secret-file", "client")
    assert cli("profile", "add", "p", "--platform", "zendesk", *options, *files).code == 0
    auth = load().profiles["p"].auth
    assert (auth.token_file, auth.client_secret_file) == (str(home / "token"), str(home / "client"))
    shown = json.loads(cli("profile", "show", "p", "--json").out)
    assert (shown["secret"], shown["client_secret"]) == (f"file: {home / 'token'}", "found")


def endpoint(answer: httpx.Response) -> TokenEndpoint:
    wire = Transport("https://a.example", transport=httpx.MockTransport(lambda _: answer))
    return TokenEndpoint(TokenRequest("https://a.example/t"), lambda _: wire, client_id="c", client_secret="cs")


@pytest.mark.parametrize(
    ("status", "code", "said", "hint"),
    [
        (401, "invalid_client", "does not know the client", "client_id"),
        (400, "invalid_scope", "does not know the scope", "scope"),
        (400, "unsupported_grant_type", "does not offer this grant", "--auth KIND"),
        (400, "something_new", "refuses the sign-in (something_new)", "client_id"),
        (400, "invalid_grant", "used already", "correct it"),
        (404, None, "there is no token endpoint", "--token-url"),
    ],
)
def test_a_refusal_is_told_by_its_code(status: int, code: str | None, said: str, hint: str) -> None:
    body = {"error": code, "error_description": "you sent r3fresh and cs"} if code else {}
    with pytest.raises(AuthError) as caught:
        endpoint(httpx.Response(status, json=body)).ask("refresh_token", refresh_token="r3fresh")
    assert said in caught.value.message
    assert hint in (caught.value.hint or "")
    assert "r3fresh" not in caught.value.message
    assert isinstance(caught.value, TokenRefusedError) is (code == "invalid_grant")


def test_only_secrets_are_withheld() -> None:
    source = Minted(
        endpoint(httpx.Response(200, json={"access_token": "t0ken"})),
        FakeClock(),
        ("password", {"username": "ops", "password": "pw"}),
    )
    source.current()
    assert set(source.secrets()) == {"cs", "pw", "t0ken"}


@pytest.mark.parametrize("answer", [{"access_token": "a", "refresh_token": "b\nc"}, {"access_token": "a\nb"}])
def test_tokens_that_no_header_can_carry_are_not_kept(answer: dict[str, str]) -> None:
    from supportctl.errors import ProtocolError

    with pytest.raises(ProtocolError, match="no usable tokens"):
        endpoint(httpx.Response(200, json=answer)).ask("refresh_token", refresh_token="r")


def test_a_life_without_end_is_no_crash() -> None:
    assert Grant(access_token="t", expires_in=10**400).end(FakeClock().now()) is None
