"""Ways to run whole command lines in this process, against files and a fake platform."""

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from supportctl.__main__ import main
from supportctl.model import Ticket
from tests.changes.memory import ticket as memory_ticket
from tests.commands.desk import Desk
from tests.commands.fakes import FakeReader, Result, ticket
from tests.commands.planned import CUSTOMER


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for configuration and state; nothing of the person running the tests is seen."""
    for name in [name for name in os.environ if name.startswith("SUPPORTCTL_")]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CI", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUPPORTCTL_CONFIG", str(tmp_path / "config" / "config.toml"))
    monkeypatch.setenv("SUPPORTCTL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return tmp_path


@pytest.fixture
def cli(home: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run a command line as the entry point does, in this process."""

    def run(*arguments: str) -> Result:
        capfd.readouterr()
        code = main(arguments)
        captured = capfd.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., str]:
    """A file of tickets; written again for the next run."""

    def to_file(*tickets: Ticket) -> str:
        path = tmp_path / "tickets.ndjson"
        path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in tickets))
        return str(path)

    return to_file


@pytest.fixture
def connected(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeReader], FakeReader]:
    """A profile ``prod`` whose platform is a fake."""
    from supportctl.adapters import registry
    from supportctl.config import Auth, Profile
    from supportctl.config_edit import save_profile

    monkeypatch.setenv("SUPPORTCTL_PROD_TOKEN", "s3cret")
    save_profile(
        Profile(
            name="prod", platform="jsm", url="https://acme.atlassian.net", auth=Auth(kind="api_token", user="a@b.c")
        )
    )

    def connect(reader: FakeReader) -> FakeReader:
        monkeypatch.setattr(registry, "open_adapter", lambda *_args, **_kwargs: reader)
        return reader

    return connect


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Put bytes on standard input, as another command in a pipeline would."""

    def put(content: bytes) -> None:
        class Stdin:
            buffer = io.BytesIO(content)

            @staticmethod
            def isatty() -> bool:
                return False

        monkeypatch.setattr(sys, "stdin", Stdin)

    return put


@pytest.fixture
def writable(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Save a profile ``prod`` that may be written to, whose platform is the adapter given."""
    from supportctl.adapters import registry
    from supportctl.config import Auth, Profile
    from supportctl.config_edit import save_profile

    def connect(adapter: object) -> None:
        monkeypatch.setenv("SUPPORTCTL_PROD_TOKEN", "s3cret")
        monkeypatch.setenv("SUPPORTCTL_PROFILE", "prod")
        monkeypatch.setattr(registry, "open_adapter", lambda *_args, **_kwargs: adapter)
        auth = Auth(kind="api_token", user="a@b.c")
        save_profile(Profile(name="prod", platform="zendesk", url="https://acme.zendesk.com", auth=auth, writes=True))

    return connect


@pytest.fixture
def queue(tmp_path: Path) -> Path:
    """Five tickets in a file."""
    path = tmp_path / "queue.ndjson"
    path.write_bytes(b"".join(msgspec.json.encode(ticket(number)) + b"\n" for number in range(1, 6)))
    return path


@pytest.fixture
def desk(writable: Callable[[object], None]) -> Desk:
    """Five tickets of one customer."""
    adapter = Desk([memory_ticket(number, requester=CUSTOMER) for number in range(1, 6)])
    writable(adapter)
    return adapter
