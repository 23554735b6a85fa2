"""Whole command lines that sign in by OAuth: several processes on one token file, and nothing told anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from supportctl.sandbox import tokens
from tests.signin.flows import CLIENT_SECRET, FLOWS, ROTATING, Flow
from tests.signin.test_flows import asked, live, secrets_of

if TYPE_CHECKING:
    from tests.fixtures.sandbox import Sandbox

PROCESSES = 4


def environment(flow: Flow, sandbox: Sandbox, place: Path) -> dict[str, str]:
    from supportctl.config_edit import save_profile

    save_profile(flow.profile(sandbox, token_file=str(place / "refresh-token") if flow in ROTATING else None),
                 place / "config.toml")  # fmt: skip
    found = {name: value for name, value in os.environ.items() if not name.startswith("SUPPORTCTL_")}
    found |= {
        "SUPPORTCTL_CONFIG": str(place / "config.toml"),
        "SUPPORTCTL_STATE_DIR": str(place / "state"),
        "SUPPORTCTL_FLOW_CLIENT_SECRET": CLIENT_SECRET,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    if flow not in ROTATING:
        found["SUPPORTCTL_FLOW_TOKEN"] = flow.secret
    return found


def start(variables: dict[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "supportctl", *words, "--debug"]
    return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "flow", [ROTATING[0], pytest.param(ROTATING[1], marks=pytest.mark.night)], ids=lambda flow: flow.name
)
def test_processes_that_share_a_token_file_refresh_once(flow: Flow, sandbox: Sandbox, tmp_path: Path) -> None:
    """Each round the access token is revoked; all start at once, one refreshes, the chain never breaks."""
    flow.file(tmp_path)
    variables = environment(flow, sandbox, tmp_path)
    for rounds in range(1, 4):
        for token in live(sandbox):
            tokens.revoke(sandbox.store, token)
        running = [start(variables, "list", "--limit", "1", "--json", "key", "-f", "ndjson") for _ in range(PROCESSES)]
        for process in running:
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, err
            assert json.loads(out)["key"]
        assert asked(sandbox) == rounds
    assert len(live(sandbox, "refresh")) == 1
    assert json.loads((tmp_path / "refresh-token").read_text())["refresh_token"] == live(sandbox, "refresh")[0]


@pytest.mark.slow
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_no_token_is_in_any_log(flow: Flow, sandbox: Sandbox, tmp_path: Path) -> None:
    """Output, plans, journal, configuration: only the token file holds tokens, and only its owner reads it."""
    place = tmp_path / "home"
    place.mkdir()
    if flow in ROTATING:
        flow.file(place)
    variables = environment(flow, sandbox, place)
    said = ""
    for words in (
        ("check",),
        ("list", "status:open", "--limit", "2"),
        ("tag", "add", "signed", "status:open priority:p1", "--yes"),
        ("runs", "list"),
        ("profile", "show", "flow"),
        ("list", "--native", "???:", "--limit", "2"),
    ):
        process = start(variables, *words)
        out, err = process.communicate(timeout=120)
        said += out + err
        assert process.returncode in (0, 2, 4), err
    assert "oauth" in said
    kept = {path.name: path.read_bytes().decode(errors="replace") for path in place.rglob("*") if path.is_file()}
    assert "journal" in " ".join(kept)
    for secret in secrets_of(sandbox, flow):
        assert secret not in said
        assert not [name for name, text in kept.items() if secret in text and name != "refresh-token"]


def test_what_a_profile_lacks_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    variables = environment(FLOWS[0], sandbox, tmp_path)
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace('client_id = "sandbox-client"', 'scope = "read"'))
    _, err = (process := start(variables, "list")).communicate(timeout=60)
    assert process.returncode == 2
    assert "supportctl profile set flow --client-id ID" in err
