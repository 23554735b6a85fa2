"""Where secrets come from, in which order, and that none is shown."""

from __future__ import annotations

import os
import sys
import threading
import types
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.config import Auth, Profile
from supportctl.credentials import (
    Origin,
    Secret,
    delete_secret,
    environment_name,
    find_secret,
    secret_for,
    store_secret,
)
from supportctl.errors import AuthError, ConfigError, SupportctlError

from .wire.servers import SECRET, assert_silent, everything_said


def profile(name: str = "prod", url: str = "https://acme.zendesk.com", **auth: object) -> Profile:
    return Profile(name=name, platform="zendesk", url=url, auth=Auth(kind="api_token", user="jo@acme.example", **auth))  # type: ignore[arg-type]


class Ring:
    """A keyring module in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.calls = 0

    def get_keyring(self) -> object:
        return self

    def get_password(self, service: str, account: str) -> str | None:
        self.calls += 1
        return self.kept.get((service, account))

    def set_password(self, service: str, account: str, secret: str) -> None:
        self.kept[service, account] = secret

    def delete_password(self, service: str, account: str) -> None:
        del self.kept[service, account]


def install(monkeypatch: pytest.MonkeyPatch, ring: object) -> None:
    module = types.ModuleType("keyring")
    for name in ("get_keyring", "get_password", "set_password", "delete_password"):
        setattr(module, name, getattr(ring, name))
    monkeypatch.setitem(sys.modules, "keyring", module)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    ring = Ring()
    install(monkeypatch, ring)
    return ring


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("from-file\n")
    path.chmod(0o600)
    return path


def printing(text: str) -> list[str]:
    return [sys.executable, "-c", f"print({text!r})"]


def test_the_order(ring, token_file):
    env = {**os.environ, "SUPPORTCTL_PROD_TOKEN": "from-env"}
    full = profile(token_file=str(token_file), credential_command=printing("from-command"))
    store_secret(full, "from-ring")

    found = find_secret(full, env=env)
    assert (found.value, found.origin, found.detail) == ("from-file", Origin.FILE, str(token_file))
    rest = profile(credential_command=printing("from-command"))
    assert find_secret(rest, env=env, token_file=str(token_file)).origin is Origin.FILE
    assert ring.calls == 1, "only storing looked at the keyring so far"
    found = find_secret(rest, env=env)
    assert (found.value, found.origin, found.detail) == ("from-env", Origin.ENVIRONMENT, "SUPPORTCTL_PROD_TOKEN")
    del env["SUPPORTCTL_PROD_TOKEN"]
    assert find_secret(rest, env=env).origin is Origin.KEYRING
    assert secret_for(rest, env=env) == "from-ring"
    assert delete_secret(rest)
    found = find_secret(rest, env=env)
    assert (found.value, found.origin, found.detail) == ("from-command", Origin.COMMAND, sys.executable)


def test_nothing_anywhere_names_the_ways_out(ring):
    with pytest.raises(AuthError, match="no secret for profile 'prod'") as caught:
        secret_for(profile(), env={})
    for way in ("SUPPORTCTL_PROD_TOKEN", "--token-file", "credential_command"):
        assert way in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("prod", "SUPPORTCTL_PROD_TOKEN"),
        ("demo-zendesk", "SUPPORTCTL_DEMO_ZENDESK_TOKEN"),
        ("a.b c", "SUPPORTCTL_A_B_C_TOKEN"),
        ("über", "SUPPORTCTL__BER_TOKEN"),
        ("", "SUPPORTCTL_TOKEN"),
    ],
)
def test_variable_names(name, variable):
    assert environment_name(name) == variable


def test_an_empty_variable_is_a_mistake_not_an_absence(ring):
    with pytest.raises(AuthError, match="SUPPORTCTL_PROD_TOKEN is empty"):
        secret_for(profile(), env={"SUPPORTCTL_PROD_TOKEN": " \n"})


def test_a_profile_pointed_elsewhere_does_not_find_the_secret(ring):
    store_secret(profile(), SECRET)
    assert secret_for(profile(), env={}) == SECRET
    assert secret_for(profile(url="https://ACME.zendesk.com/"), env={}) == SECRET
    for other in ("https://evil.org", "https://acme.zendesk.com:8443", "https://acme.zendesk.com.evil.org"):
        with pytest.raises(AuthError):
            secret_for(profile(url=other), env={})
    assert not delete_secret(profile(name="other"))
    assert delete_secret(profile())
    with pytest.raises(AuthError):
        secret_for(profile(), env={})


class NoKeyringError(RuntimeError):
    pass


class KeyringLocked(Exception):  # noqa: N818
    pass


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoKeyringError(SECRET), "this machine has no keyring"),
        (KeyringLocked(SECRET), "locked"),
        (OSError(SECRET), r"failed \(OSError\)"),
    ],
)
def test_keyrings_that_fail(monkeypatch, error, words):
    class Failing(Ring):
        def get_password(self, service: str, account: str) -> str | None:
            raise error

        def set_password(self, service: str, account: str, secret: str) -> None:
            raise error

    install(monkeypatch, Failing())
    with pytest.raises(AuthError, match=words) as caught:
        secret_for(profile(), env={})
    assert "SUPPORTCTL_PROD_TOKEN" in (caught.value.hint or "")
    assert secret_for(profile(credential_command=printing("x")), env=dict(os.environ)) == "x"
    assert secret_for(profile(), env={"SUPPORTCTL_PROD_TOKEN": "x"}) == "x"
    with pytest.raises(ConfigError, match="not stored") as stored:
        store_secret(profile(), SECRET[::-1])
    with pytest.raises(ConfigError):
        delete_secret(profile())
    assert_silent([everything_said(caught.value), everything_said(stored.value)], SECRET, SECRET[::-1])


def test_a_keyring_that_waits_for_ever_is_left_behind(monkeypatch):
    released = threading.Event()

    class Waiting(Ring):
        def get_password(self, service: str, account: str) -> str | None:
            released.wait(10)
            return None

    install(monkeypatch, Waiting())
    with pytest.raises(AuthError, match=r"did not answer within 0.05 s"):
        secret_for(profile(), env={}, keyring_timeout=0.05)
    with pytest.raises(ConfigError, match="not stored"):
        store_secret(profile(), SECRET, keyring_timeout=0.05)
    released.set()


def test_a_keyring_that_forgets_is_found_out(monkeypatch):
    class Null(Ring):
        def set_password(self, service: str, account: str, secret: str) -> None:
            pass

    install(monkeypatch, Null())
    with pytest.raises(ConfigError, match="did not keep it") as caught:
        store_secret(profile(), SECRET)
    assert_silent([everything_said(caught.value)], SECRET)


def test_a_plain_text_keyring_is_refused(monkeypatch):
    class PlaintextKeyring(Ring):
        pass

    plain = PlaintextKeyring()
    install(monkeypatch, plain)
    with pytest.raises(ConfigError, match="plain text"):
        store_secret(profile(), SECRET)
    assert not plain.kept


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("keyring.backends.null.Keyring", "the keyring has none"),
        ("keyring.backends.fail.Keyring", "has no keyring"),
        ("no.such.module.Keyring", "PYTHON_KEYRING_BACKEND names a keyring that does not exist"),
        ("keyring.backends.null.Nonsense", "PYTHON_KEYRING_BACKEND names a keyring that does not exist"),
    ],
)
def test_the_real_keyring_on_a_headless_machine(backend, words):
    """In a process of its own: keyring remembers its backend."""
    import subprocess

    code = (
        "from supportctl.config import Auth, Profile\n"
        "from supportctl.credentials import secret_for\n"
        "p = Profile(name='prod', platform='zendesk', url='https://a.example', auth=Auth(kind='pat'))\n"
        "try:\n    secret_for(p, env={}, keyring_timeout=20)\n"
        "except Exception as e:\n    print(type(e).__name__, e, e.hint)\n"
    )
    env = {**os.environ, "PYTHON_KEYRING_BACKEND": backend}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.startswith("AuthError")
    assert words in done.stdout
    assert "credential_command" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o666, 0o620])
def test_files_others_can_reach_are_refused(token_file, mode):
    token_file.chmod(mode)
    with pytest.raises(ConfigError, match=f"{mode:03o}") as caught:
        secret_for(profile(), env={}, token_file=str(token_file))
    assert caught.value.hint == f"chmod 600 {token_file}"


def test_unfit_files(tmp_path, ring):
    def file(content: bytes) -> str:
        path = tmp_path / "t"
        path.write_bytes(content)
        path.chmod(0o600)
        return str(path)

    for content, error in (
        (b"", AuthError),
        (b" \n", AuthError),
        (f"{SECRET}\n{SECRET}".encode(), AuthError),
        (b"\xff\xfe" + SECRET.encode(), ConfigError),
        (SECRET.encode() * 5000, AuthError),
    ):
        with pytest.raises(error) as caught:
            secret_for(profile(), env={}, token_file=file(content))
        assert_silent([everything_said(caught.value)], SECRET)
    assert secret_for(profile(), env={}, token_file=file(b"\xef\xbb\xbfabc\r\n")) == "abc"
    for missing in (str(tmp_path / "none"), str(tmp_path)):
        with pytest.raises(ConfigError, match="cannot be read"):
            secret_for(profile(), env={"SUPPORTCTL_PROD_TOKEN": "not used instead"}, token_file=missing)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe in the file system")
def test_a_pipe_is_a_file_too():
    reading, writing = os.pipe()
    os.write(writing, b"from-pipe\n")
    os.close(writing)
    assert secret_for(profile(), env={}, token_file=f"/dev/fd/{reading}") == "from-pipe"
    os.close(reading)


def test_standard_input(monkeypatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("from-stdin\n"))
    assert secret_for(profile(), env={}, token_file="-") == "from-stdin"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            [sys.executable, "-c", f"import sys; print('{SECRET}'); print('{SECRET}', file=sys.stderr); sys.exit(3)"],
            "code 3",
        ),
        (["/no/such/command", SECRET], "could not be started"),
        ([sys.executable, "-c", "pass"], "is empty"),
        ([sys.executable, "-c", f"print('{SECRET}'); print('{SECRET}')"], "more than one line"),
        (["a\0b"], "could not be started"),
    ],
)
def test_commands_that_fail(ring, capfd, command, words):
    with pytest.raises(SupportctlError, match=words) as caught:
        secret_for(profile(credential_command=command), env=dict(os.environ))
    assert_silent([everything_said(caught.value), *capfd.readouterr()], SECRET)


def test_a_command_that_does_not_end(ring, monkeypatch):
    monkeypatch.setattr("supportctl.credentials.COMMAND_TIMEOUT", 0.2)
    hanging = [
        sys.executable,
        "-c",
        f"import sys; print('{SECRET}', flush=True); sys.stdin.read(); import time; time.sleep(30)",
    ]
    with pytest.raises(AuthError, match="did not end") as caught:
        secret_for(profile(credential_command=hanging), env=dict(os.environ))
    assert_silent([everything_said(caught.value)], SECRET)


def test_a_command_gets_no_shell_and_no_input(ring, tmp_path):
    marker = tmp_path / "marker"
    code = "import sys; print('-'.join(sys.argv[1:]) + repr(sys.stdin.read()))"
    command = [sys.executable, "-c", code, f"$(touch {marker})", ";x"]
    assert secret_for(profile(credential_command=command), env=dict(os.environ)) == f"$(touch {marker})-;x''"
    assert not marker.exists()


def test_secrets_hide(ring):
    shown = Secret(SECRET, Origin.COMMAND, "pass")
    assert_silent([repr(shown), str(shown), f"{shown}"], SECRET)
    assert "command" in repr(shown)


@given(st.text(max_size=20))
def test_what_a_variable_gives_is_one_clean_line_or_an_error(text):
    try:
        found = secret_for(profile(), env={"SUPPORTCTL_PROD_TOKEN": text})
    except AuthError as error:
        assert len(text.strip()) < 4 or text.strip() not in str(error)
        return
    assert found == text.strip()
    assert found
    assert found.isprintable()


def test_looking_for_a_secret_in_the_environment_imports_no_keyring():
    import subprocess

    code = (
        "import sys\nfrom supportctl.config import Auth, Profile\nfrom supportctl.credentials import secret_for\n"
        "p = Profile(name='prod', platform='zendesk', url='https://a.example', auth=Auth(kind='pat'))\n"
        "secret_for(p)\nprint(sorted({'keyring', 'httpx', 'requests'} & set(sys.modules)))"
    )
    env = {**os.environ, "SUPPORTCTL_PROD_TOKEN": "x"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.strip() == "[]"
