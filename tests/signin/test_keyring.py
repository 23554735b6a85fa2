"""A refresh token in the keyring: connecting an account, using it, replacing it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from supportctl.config import Auth, Profile
from supportctl.errors import AuthError, StateError
from supportctl.sandbox import tokens
from supportctl.token_store import KeyringStore, Tokens
from tests.commands.fakes import Result
from tests.signin.test_flows import live

if TYPE_CHECKING:
    from tests.fixtures.sandbox import Sandbox

Cli = Callable[..., Result]
OPTIONS = ("--platform", "zendesk", "--auth", "refresh_token", "--client-id", "sandbox-client")


def add(cli: Cli, sandbox: Sandbox, home: Path, secret: str) -> Result:
    token = home / "pasted"
    token.touch(mode=0o600)
    token.write_text(secret)
    return cli("profile", "add", "prod", *OPTIONS, "--url", sandbox.url, "--token-file", str(token))


def test_an_account_is_connected_used_and_its_token_replaced(
    cli: Cli, ring: dict[str, str], sandbox: Sandbox, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORTCTL_PROD_CLIENT_SECRET", "sandbox-client-secret")
    sandbox.store.set_clock(None)
    added = add(cli, sandbox, home, "sandbox-zendesk-refresh")
    assert added.code == 0, added.err
    (entry,) = ring.values()
    assert json.loads(entry)["refresh_token"] == live(sandbox, "refresh")[0]
    assert "sandbox-zendesk-refresh" not in entry
    tokens.revoke(sandbox.store, live(sandbox)[0])
    listed = cli("list", "-p", "prod", "--limit", "1", "--json", "key", "-f", "ndjson")
    assert listed.code == 0, listed.err
    (entry,) = ring.values()
    assert json.loads(entry)["access_token"] == live(sandbox)[0]
    assert [secret for secret in (*live(sandbox), *live(sandbox, "refresh")) if secret in listed.out + listed.err] == []
    assert cli("profile", "remove", "prod", "--yes").code == 0
    assert ring == {}


def test_a_refresh_token_that_is_refused_saves_no_profile(
    cli: Cli, ring: dict[str, str], sandbox: Sandbox, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORTCTL_PROD_CLIENT_SECRET", "sandbox-client-secret")
    added = add(cli, sandbox, home, "stale-token")
    assert added.code == 4
    assert "was used already" in added.out + added.err
    assert "stale-token" not in added.out + added.err
    assert cli("profile", "show", "prod").code == 2


def test_what_is_printed_after_a_failed_check_keeps_the_token_that_works(
    cli: Cli, ring: dict[str, str], sandbox: Sandbox, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check fails for the clock; by then the token that was given is used up, and must not come back."""
    monkeypatch.setenv("SUPPORTCTL_PROD_CLIENT_SECRET", "sandbox-client-secret")
    failed = add(cli, sandbox, home, "sandbox-zendesk-refresh")
    assert failed.code == 4
    assert "--no-check --no-store" in failed.err
    options = (*OPTIONS, "--url", sandbox.url, "--no-check", "--no-store")
    assert cli("profile", "add", "prod", *options).code == 0
    listed = cli("list", "-p", "prod", "--limit", "1")
    assert listed.code == 0, listed.err


def test_a_token_that_was_refused_is_not_left_behind(
    cli: Cli, ring: dict[str, str], sandbox: Sandbox, home: Path
) -> None:
    assert add(cli, sandbox, home, "stale-token").code == 4
    assert ring == {}


def test_another_token_endpoint_does_not_get_what_the_keyring_has(
    cli: Cli, ring: dict[str, str], sandbox: Sandbox, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORTCTL_PROD_CLIENT_SECRET", "sandbox-client-secret")
    sandbox.store.set_clock(None)
    assert add(cli, sandbox, home, "sandbox-zendesk-refresh").code == 0
    changed = cli("profile", "set", "prod", "--token-url", "http://localhost:9/t")
    assert "belongs to its host" in changed.err
    listed = cli("list", "-p", "prod", "--limit", "1")
    assert listed.code == 4
    assert "no secret for profile 'prod'" in listed.err


def test_two_secrets_are_stored_in_two_runs(cli: Cli, ring: dict[str, str], sandbox: Sandbox, home: Path) -> None:
    token = home / "both"
    token.touch(mode=0o600)
    token.write_text("one")
    assert cli("profile", "add", "prod", *OPTIONS, "--url", sandbox.url, "--no-check", "--no-store").code == 0
    wrong = cli("profile", "set", "prod", "--store-token", "--store-client-secret", "--token-file", str(token))
    assert wrong.code == 2
    assert ring == {}


def test_the_clients_secret_is_kept_beside_and_goes_with_the_profile(
    cli: Cli, ring: dict[str, str], sandbox: Sandbox, home: Path
) -> None:
    assert add(cli, sandbox, home, "sandbox-zendesk-refresh").code == 4, "signed in without the client's secret"
    pasted = home / "client-secret"
    pasted.touch(mode=0o600)
    pasted.write_text("sandbox-client-secret")
    options = (*OPTIONS, "--url", sandbox.url, "--token-file", str(home / "pasted"), "--no-check")
    assert cli("profile", "add", "prod", *options).code == 0
    assert cli("profile", "set", "prod", "--store-client-secret", "--token-file", str(pasted)).code == 0
    assert min(ring.values()) == "sandbox-client-secret"
    assert cli("check", "-p", "prod").code in (0, 4)
    assert cli("list", "-p", "prod", "--limit", "1").code == 0
    cli("profile", "remove", "prod", "--yes")
    assert ring == {}


@pytest.fixture
def store(tmp_path: Path) -> KeyringStore:
    profile = Profile(name="p", platform="zendesk", url="https://a.example", auth=Auth(kind="refresh_token"))
    return KeyringStore(profile, folder=tmp_path / "state", timeout=0.05)


def test_an_entry_that_is_gone_is_said(ring: dict[str, str], store: KeyringStore) -> None:
    with store.exclusive(), pytest.raises(AuthError, match="no longer has the refresh token"):
        store.read()


def test_one_process_at_a_time(ring: dict[str, str], store: KeyringStore) -> None:
    with store.exclusive():
        other = KeyringStore(store._profile, folder=store._folder, timeout=0.05)
        with pytest.raises(StateError, match="another process"), other.exclusive():
            pass


def test_a_small_keyring_keeps_the_refresh_token_alone(
    ring: dict[str, str], store: KeyringStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some take no more than 2,560 bytes, and Jira's access tokens are longer."""
    import keyring

    backend = keyring.get_keyring()
    keep = backend.set_password

    def small(service: str, name: str, password: str) -> None:
        if len(password) > 1000:
            raise ValueError("too long")
        keep(service, name, password)

    monkeypatch.setattr(backend, "set_password", small)
    store.replace(Tokens(refresh_token="r1", access_token="a" * 2000))
    assert store.read() == Tokens(refresh_token="r1")
