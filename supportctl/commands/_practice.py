"""What the sandbox's visitors need: the profiles, a configuration of their own, and the lines to paste."""

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from supportctl.config import Auth, Profile
from supportctl.config_edit import save_profile
from supportctl.credentials import environment_name
from supportctl.errors import ConfigError

if TYPE_CHECKING:
    from types import ModuleType

    from supportctl.console import Console


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """A profile of the sandbox. The secret opens nothing but the sandbox."""

    name: str
    platform: str
    deployment: str
    url: str
    auth: str
    user: str
    secret: str

    @property
    def variable(self) -> str:
        return environment_name(self.name)


def server_room() -> "ModuleType":
    """The server's module. Raises `ConfigError` when the extra it needs is not installed."""
    try:
        from supportctl.sandbox import server
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("starlette", "uvicorn"):
            raise
        raise ConfigError(
            f"the sandbox needs {error.name}, which is not installed",
            hint="run: pip install 'supportctl[sandbox]'",
        ) from None
    return server


def write_profiles(url: str, path: Path, *, ca_bundle: Path | None = None) -> list[Practice]:
    """One profile per practice platform in the file at ``path``; they may write: nothing there is real. Others stay.

    ``ca_bundle``: the certificate to trust when ``url`` is https.
    """
    from supportctl.sandbox.profiles import mappings, profiles

    practice = [Practice(**profile) for profile in profiles(url)]
    for one in practice:
        save_profile(
            Profile(
                name=one.name,
                platform=one.platform,  # type: ignore[arg-type]
                url=one.url,
                deployment=one.deployment,  # type: ignore[arg-type]
                auth=Auth(kind=one.auth, user=one.user),  # type: ignore[arg-type]
                writes=True,
                attachment_hosts=[f"localhost:{urlsplit(url).port}"],
                fields=mappings(one.platform)["fields"],
                statuses=mappings(one.platform)["statuses"],
                ca_bundle=None if ca_bundle is None else str(ca_bundle),
            ),
            path,
        )
    return practice


def announce(console: "Console", url: str, db: Path, config: Path, practice: list[Practice], *, as_json: bool) -> None:
    """Where the sandbox is and how to use it from another shell; one JSON line for scripts."""
    if as_json:
        document = {
            "schema": "supportctl/sandbox/v1",
            "url": url,
            "db": str(db),
            "config": str(config),
            "profiles": [{**msgspec.to_builtins(one), "variable": one.variable} for one in practice],
        }
        console.write_bytes(msgspec.json.encode(document) + b"\n", flush=True)
        return
    console.line(f"Sandbox at {url} (Ctrl-C ends it; its file is {db})")
    console.line()
    for one in practice:
        console.line(f"  {one.name:<16} {one.platform:<11} {one.auth} {one.user}  {one.secret}")
    console.line()
    console.line("In another shell:")
    for line in shell_lines(config, practice):
        console.line(f"  {line}")
    console.line("  supportctl list status:open")
    console.line(f"  supportctl -p {practice[1].name} list status:open")
    console.line()
    console.line("These practice profiles may be written to; a profile of your own may not until you say so.")
    console.flush()


def shell_lines(config: Path, practice: list[Practice]) -> list[str]:
    """Assignments for the person's kind of shell."""
    values = {
        "SUPPORTCTL_CONFIG": str(config),
        "SUPPORTCTL_PROFILE": practice[0].name,
        **{one.variable: one.secret for one in practice},
    }
    if os.name == "nt":
        return [f"$env:{name} = '{value}'" for name, value in values.items()]
    import shlex

    return [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
