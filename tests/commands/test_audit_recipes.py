"""The action, the GitLab job and the recipe for cron: the command lines they hold, run against the sandbox."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from supportctl.exits import Exit
from tests.commands.signing_in import AUTH
from tests.fixtures.sandbox import Sandbox

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
PLATFORM = "zendesk"


@pytest.fixture
def environment(home: Path, sandbox: Sandbox) -> dict[str, str]:
    """What a build server gives a job: the account, and our command on the path."""
    profile = sandbox.profiles[PLATFORM]
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "CI": "true",
        "SUPPORTCTL_CONFIG": os.environ["SUPPORTCTL_CONFIG"],
        "SUPPORTCTL_STATE_DIR": os.environ["SUPPORTCTL_STATE_DIR"],
        "SUPPORTCTL_PLATFORM": PLATFORM,
        "SUPPORTCTL_URL": sandbox.url,
        "SUPPORTCTL_AUTH": AUTH[PLATFORM],
        "SUPPORTCTL_USER": profile["user"],
        "SUPPORTCTL_TOKEN": profile["secret"],
    }


def shell(
    script: str, folder: Path, environment: dict[str, str], kind: str = "bash"
) -> subprocess.CompletedProcess[str]:
    options = ["--noprofile", "--norc", "-eo", "pipefail"] if kind == "bash" else ["-e"]
    return subprocess.run(
        [kind, *options, "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


# GitHub


def step(name: str) -> dict[str, Any]:
    return next(each for each in ACTION["runs"]["steps"] if each.get("name") == name)


def of_inputs(text: str, given: dict[str, str]) -> str:
    """``${{ inputs.NAME }}`` as GitHub fills it in."""
    values = {name: each.get("default", "") for name, each in ACTION["inputs"].items()} | given
    return re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda match: values[match[1]], text)


def act(folder: Path, environment: dict[str, str], **given: str) -> subprocess.CompletedProcess[str]:
    audit = step("Audit")
    inputs = {name.replace("_", "-"): value for name, value in given.items()}
    own = {name: of_inputs(text, inputs) for name, text in audit["env"].items()}
    own |= {"GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    return shell(audit["run"], folder, environment | own)


def test_the_action_fails_annotates_and_leaves_its_reports(tmp_path: Path, environment: dict[str, str]) -> None:
    result = act(tmp_path, environment, fail_on="medium", ruleset="core")
    assert result.returncode == Exit.FOUND, result.stderr
    assert "::warning" in result.stdout or "::error" in result.stdout
    assert (tmp_path / "output").read_text() == "exit-code=1\n"
    assert (tmp_path / "summary.md").read_text().startswith("#")
    reports = {path.name for path in (tmp_path / "hygiene").iterdir()}
    assert reports == {"audit.html", "audit.sarif", "audit.junit.xml", "audit.csv", "state.json"}
    assert json.loads((tmp_path / "hygiene" / "audit.sarif").read_text())["version"] == "2.1.0"
    again = act(tmp_path, environment, fail_on="medium", ruleset="core", since="last-run")
    assert "Only tickets updated since" in again.stderr
    assert json.loads((tmp_path / "hygiene" / "state.json").read_text())["runs"][-1].get("score") is None


def test_an_input_is_never_a_command(tmp_path: Path, environment: dict[str, str]) -> None:
    bad = '"; touch pwned; echo $(touch pwned) `touch pwned`'
    for given in ({"query": f"text:{bad}"}, {"baseline": bad}, {"arguments": f"--rule\n{bad}"}, {"reports": "x y"}):
        result = act(tmp_path, environment, **given)
        assert result.returncode in (Exit.OK, Exit.FOUND, Exit.USAGE)
    assert not (tmp_path / "pwned").exists()


def test_a_baseline_and_further_options(tmp_path: Path, environment: dict[str, str]) -> None:
    made = act(tmp_path, environment, arguments="--rule\nOWN201\n--write-baseline\nknown.json\n", remember="false")
    assert made.returncode == Exit.OK, made.stderr
    assert json.loads((tmp_path / "known.json").read_text())["entries"]
    held = act(tmp_path, environment, arguments="--rule\nOWN201", baseline="known.json", remember="false")
    assert held.returncode == Exit.OK, held.stderr
    assert not (tmp_path / "hygiene" / "state.json").exists()


def test_the_action_is_whole() -> None:
    text = (ROOT / "action.yml").read_text()
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    for each in ACTION["runs"]["steps"]:
        assert ("uses" in each) is not ("run" in each)
        assert "run" not in each or each["shell"] == "bash"
        assert "${{" not in each.get("run", ""), "an input in a script could be a command"
    names = [each.get("name", each.get("uses")) for each in ACTION["runs"]["steps"]]
    kept = [step(name) for name in names if name.startswith(("Keep", "Show"))]
    assert all("always()" in each["if"] for each in kept), "also when the audit fails"


def test_the_page_names_every_input() -> None:
    page = (ROOT / "docs" / "ci.md").read_text()
    github, _, gitlab = page.partition("\n## GitLab\n")
    for name in (*ACTION["inputs"], *ACTION["outputs"]):
        assert f"`{name}`" in github, name
    for name in yaml.safe_load((ROOT / "ci" / "gitlab" / "audit.yml").read_text().partition("\n---\n")[0])["spec"][
        "inputs"
    ]:
        assert f"`{name}`" in gitlab, name


# GitLab


def job(**given: str) -> dict[str, Any]:
    """The job as it is included, with inputs filled in."""
    header, _, body = (ROOT / "ci" / "gitlab" / "audit.yml").read_text().partition("\n---\n")
    spec = yaml.safe_load(header)["spec"]["inputs"]
    values = {name: each.get("default") for name, each in spec.items()}
    values |= {name.replace("_", "-"): value for name, value in given.items()}
    filled = re.sub(r"\$\[\[ inputs\.([a-z-]+) \]\]", lambda match: values[match[1]], body)
    (made,) = yaml.safe_load(filled).values()
    return made


def run_job(folder: Path, environment: dict[str, str], **given: str) -> subprocess.CompletedProcess[str]:
    made = job(**given)
    own = {name: each["value"] for name, each in made["variables"].items()}
    return shell("\n".join(made["script"]), folder, environment | own, "sh")


def test_the_job_fails_and_leaves_its_reports(tmp_path: Path, environment: dict[str, str]) -> None:
    result = run_job(tmp_path, environment, fail_on="medium", ruleset="core")
    assert result.returncode == Exit.FOUND, result.stderr
    for path in job()["artifacts"]["reports"].values():
        assert (tmp_path / path).stat().st_size
    assert json.loads((tmp_path / "hygiene" / "gl-code-quality.json").read_text())[0]["fingerprint"]
    assert (tmp_path / job()["cache"]["paths"][0] / "state.json").exists()


def test_a_query_with_quotes_and_a_dollar_reaches_the_command_whole(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    result = run_job(tmp_path, environment, query='text:"it\'s $5: `touch pwned`" -tag:"a b"')
    assert result.returncode == Exit.OK, result.stderr
    assert "0 findings in 0 tickets" in result.stderr
    assert not (tmp_path / "pwned").exists()


# cron


def test_cron_mails_on_findings_only(tmp_path: Path, environment: dict[str, str]) -> None:
    script = str(ROOT / "ci" / "cron" / "audit.sh")
    own = environment | {"HYGIENE_DIR": str(tmp_path / "kept"), "HYGIENE_WHOLE": "8", "HYGIENE_FAIL_ON": "high"}

    def night(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["bash", script], env=own | more, capture_output=True, text=True, check=False)

    first = night()
    assert first.returncode == Exit.FOUND, first.stderr
    assert "The whole report: " in first.stdout
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {
        "audit.html",
        "audit.csv",
        "audit.md",
        "state.json",
    }
    quiet = night(HYGIENE_QUERY="tag:there-is-none")
    assert (quiet.returncode, quiet.stdout) == (Exit.OK, "")
    away = night(SUPPORTCTL_URL="http://127.0.0.1:9", SUPPORTCTL_MAX_TIME="1", HYGIENE_DIR=str(tmp_path / "other"))
    assert away.returncode == Exit.TEMPORARY
    assert "the next run reads what this one missed" in away.stderr
