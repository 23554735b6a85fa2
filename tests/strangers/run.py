"""More clients nobody here wrote, each in an environment of its own, against a sandbox.

    python tests/strangers/run.py [--keep DIR]

Needs `npm` and the network for the installs. Prints a row per client and operation; ends 1 when one does not pass
whose reason is not in `EXPECTED`.
"""

import argparse
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import NamedTuple

CLIENTS = Path(__file__).parent / "clients"


class Client(NamedTuple):
    """A package at a version, and the script that uses it."""

    package: str
    version: str
    script: str
    platform: str

    @property
    def is_python(self) -> bool:
        return self.script.endswith(".py")


STRANGERS = (
    Client("pysnow", "0.7.17", "pysnow_client.py", "servicenow"),
    Client("node-zendesk", "6.0.1", "node_zendesk.cjs", "zendesk"),
    Client("jira.js", "5.4.0", "jira_js.cjs", "jsm"),
)
EXPECTED: dict[tuple[str, str], str] = {}
"""(client, operation) -> why it cannot pass."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="keep the environments in this folder, for the next time")
    keep: Path | None = parser.parse_args().keep
    with tempfile.TemporaryDirectory() as folder:
        place = keep or Path(folder)
        place.mkdir(exist_ok=True, parents=True)
        failed = [client.package for client in STRANGERS if not tried(client, place)]
    sys.exit(f"not as expected: {', '.join(failed)}" if failed else 0)


def tried(client: Client, place: Path) -> bool:
    """Install, run and print; whether everything passed that should."""
    from supportctl.sandbox.profiles import accounts
    from supportctl.sandbox.seeding import seed_store
    from supportctl.sandbox.server import serve
    from supportctl.sandbox.store import Store

    command = [*installed(client, place), str(_copy(client, place))]
    account = accounts(client.platform)[0]
    with Store() as store:
        seed_store(store)
        with serve(store) as server:
            done = subprocess.run(
                [*command, server.url, account.user, account.secret], capture_output=True, text=True, timeout=300
            )
    rows = [line.partition("\t")[::2] for line in done.stdout.splitlines() if "\t" in line]
    good = bool(rows) and done.returncode == 0
    for operation, result in rows:
        reason = EXPECTED.get((client.package, operation))
        good &= result == "ok" or reason is not None
        print(
            f"{client.package:<14} {client.version:<8} {operation:<11} {result if result == 'ok' else reason or result}"
        )
    if not good:
        print(done.stderr[-3000:])
    return good


def installed(client: Client, place: Path) -> list[str]:
    """What runs a script of this client."""
    if client.is_python:
        home = place / client.package
        python = home / "bin" / "python"
        if not python.exists():
            venv.create(home, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "-q", f"{client.package}=={client.version}"], check=True)
        return [str(python)]
    if not (place / "node_modules" / client.package).exists():
        subprocess.run(
            ["npm", "install", "--silent", "--prefix", str(place), f"{client.package}@{client.version}"], check=True
        )
    return ["node"]


def _copy(client: Client, place: Path) -> Path:
    """The script beside the packages, where both kinds look for them."""
    target = place / client.script
    target.write_text((CLIENTS / client.script).read_text())
    return target


if __name__ == "__main__":
    main()
