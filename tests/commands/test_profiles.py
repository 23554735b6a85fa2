"""``profile``: nothing saved that was not accepted, nothing shown that is secret."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from supportctl.config import load
from supportctl.errors import AuthError
from supportctl.exits import Exit
from tests.commands.fakes import FakeReader, Result

Cli = Callable[..., Result]
ADD = ("profile", "add", "prod", "--platform", "zendesk", "--url", "acme", "--user", "a@b.c")


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A keyring that is a dictionary."""
    import keyring
    from keyring.backend import KeyringBackend

    kept: dict[str, str] = {}

    class Memory(KeyringBackend):
        priority = 1  # type: ignore[assignment]

        def get_password(self, service: str, username: str) -> str | None:
            return kept.get(username)

        def set_password(self, service: str, username: str, password: str) -> None:
            kept[username] = password

        def delete_password(self, service: str, username: str) -> None:
            del kept[username]

    before = keyring.get_keyring()
    keyring.set_keyring(Memory())
    yield kept
    keyring.set_keyring(before)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> FakeReader:
    from supportctl.adapters import registry

    reader = FakeReader([])
    reader.secrets = []  # type: ignore[attr-defined]

    def open_adapter(profile: object, *, secret: str, **_rest: object) -> FakeReader:
        reader.secrets.append(secret)  # type: ignore[attr-defined]
        return reader

    monkeypatch.setattr(registry, "open_adapter", open_adapter)
    return reader


@pytest.fixture
def token(tmp_path: Path) -> str:
    path = tmp_path / "token"
    path.write_text("s3cret\n")
    path.chmod(0o600)
    return str(path)


def test_add_checks_stores_and_saves_read_only(
    cli: Cli, ring: dict[str, str], platform: FakeReader, token: str
) -> None:
    result = cli(*ADD, "--token-file", token)
    assert result.code == 0
    assert "✓ sign-in" in result.out
    assert platform.secrets == ["s3cret"]  # type: ignore[attr-defined]
    saved = load().profiles["prod"]
    assert saved.url == "https://acme.zendesk.com"
    assert saved.auth.kind == "api_token"
    assert not saved.writes
    assert list(ring.values()) == ["s3cret"]
    assert "s3cret" not in load().path.read_text()
    assert "s3cret" not in result.out + result.err
    assert cli("list").code == 0
    assert platform.secrets[-1] == "s3cret"  # type: ignore[attr-defined]


def test_a_refused_secret_saves_nothing(cli: Cli, ring: dict[str, str], platform: FakeReader, token: str) -> None:
    def refuse() -> list[object]:
        raise AuthError("the token was rejected", hint="make a new one")

    platform.check = refuse  # type: ignore[method-assign,assignment]
    result = cli(*ADD, "--token-file", token)
    assert result.code == Exit.AUTH
    assert "not saved" in result.err
    assert load().profiles == {}
    assert ring == {}
    assert cli(*ADD, "--token-file", token, "--no-check").code == 0


def test_no_keyring_saves_nothing_and_names_the_ways_out(cli: Cli, platform: FakeReader, token: str) -> None:
    result = cli(*ADD, "--token-file", token)
    assert result.code == Exit.USAGE
    assert "nothing was saved" in result.err
    assert "SUPPORTCTL_PROD_TOKEN" in result.err
    assert "--no-store" in result.err
    assert load().profiles == {}
    assert cli(*ADD, "--token-file", token, "--no-store").code == 0
    assert load().profiles["prod"].auth.token_file == token


def test_the_secret_from_the_environment_is_not_stored(
    cli: Cli, ring: dict[str, str], platform: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORTCTL_PROD_TOKEN", "from-env")
    assert cli(*ADD).code == 0
    assert platform.secrets == ["from-env"]  # type: ignore[attr-defined]
    assert ring == {}


def test_token_on_standard_input(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "supportctl", *ADD, "--token-stdin", "--no-check"],
        input="s3cret\n",
        capture_output=True,
        text=True,
    )
    assert done.returncode == Exit.USAGE
    assert "was not stored" in done.stderr
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("profile", "add", "prod"), "--platform"),
        (("profile", "add", "prod", "--platform", "zendesk"), "--url"),
        (("profile", "add", "prod", "--platform", "jsm", "--url", "acme"), "--user"),
        (("profile", "add", "prod", "--platform", "zendsk", "--url", "acme"), "zendesk, jsm"),
        (("profile", "add", "prod", "--platform", "jsm", "--url", "http://acme.example"), "https"),
        (("profile", "add", "prod", "--platform", "jsm", "--url", "acme", "--auth", "basic"), "api_token, pat"),
        (("profile", "add", "a b"), "profile name"),
        (("profile", "add", "prod", "--token", "x"), "No such option"),
        (ADD, "--token-stdin"),
        (("profile", "set", "prod", "--allow-writes"), "no profile 'prod'"),
        (("profile", "use", "prod"), "no profile 'prod'"),
        (("profile", "remove", "prod", "--yes"), "no profile 'prod'"),
        (("profile", "show", "prod"), "no profile 'prod'"),
    ],
)
def test_what_is_missing_or_wrong_is_named(arguments: tuple[str, ...], expected: str, cli: Cli) -> None:
    result = cli(*arguments, "--no-input")
    assert result.code == Exit.USAGE
    assert expected in result.err
    assert load().profiles == {}


def test_a_second_profile_of_the_same_name_is_refused(
    cli: Cli, ring: dict[str, str], platform: FakeReader, token: str
) -> None:
    cli(*ADD, "--token-file", token)
    again = cli(*ADD, "--token-file", token)
    assert again.code == Exit.USAGE
    assert "--replace" in again.err
    assert cli(*ADD, "--token-file", token, "--replace").code == 0


def test_set_use_list_show_remove(cli: Cli, ring: dict[str, str], platform: FakeReader, token: str) -> None:
    cli(*ADD, "--token-file", token)
    assert cli("profile", "set", "prod", "--allow-writes").code == 0
    assert load().profiles["prod"].writes
    moved = cli("profile", "set", "prod", "--read-only", "--url", "other", "--user", "x@y.z")
    assert "--store-token" in moved.err
    assert load().profiles["prod"].url == "https://other.zendesk.com"
    assert cli("profile", "set", "prod", "--store-token", "--token-file", token).code == 0
    assert len(ring) == 2
    assert cli("profile", "set", "prod").code == Exit.USAGE
    assert cli("profile", "use", "prod").code == 0
    assert cli("profile", "list").out.split("\t")[:3] == ["*", "prod", "zendesk"]
    [row] = json.loads(cli("profile", "list", "--json", "all").out)["profiles"]
    assert row["default"] is True
    shown = json.loads(cli("profile", "show", "--json").out)
    assert shown["secret"] == "keyring: supportctl"
    assert cli("profile", "remove", "prod").code == Exit.USAGE
    assert cli("profile", "remove", "prod", "--yes").code == 0
    assert load().profiles == {}
    assert len(ring) == 1


def test_no_profiles(cli: Cli) -> None:
    result = cli("profile", "list")
    assert (result.code, result.out) == (0, "")
    assert "no profiles" in result.err
