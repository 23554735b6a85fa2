"""``supportctl check``: does this profile work, and if not, why and what to do."""

from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import Options, shared
from supportctl.console import Console, safe_line
from supportctl.errors import AuthError, PermissionDeniedError, SupportctlError, TemporaryError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.adapters.base import Check

app = command_app()


@app.command("check")
@shared()
def check(
    options: Options,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """Check that a profile works: access, role, clock, limits.

    \b
    supportctl check -p prod
    supportctl check --json

    Nothing that is printed is secret; it can be pasted into a report.
    """
    with App(options) as it:
        return run(it, as_json=as_json)


def run(app: App, *, as_json: bool = False) -> int:
    """0 when nothing failed; else the exit code of the kind of failure."""
    lines, code = examine(app)
    if as_json:
        import msgspec

        document = {
            "schema": "supportctl/check/v1",
            "profile": app.profile.name,
            "checks": lines,
            "ok": code == Exit.OK,
        }
        app.console.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n", flush=True)
        return int(code)
    print_checks(app.console, lines)
    failed = sum(line.ok is False for line in lines)
    if failed:
        app.console.note(f"{failed} of {len(lines)} checks failed")
    elif not app.profile.writes:
        app.console.hint(f"read-only; to allow changes: supportctl profile set {app.profile.name} --allow-writes")
    return int(code)


def examine(app: App) -> tuple[list["Check"], Exit]:
    """Checks of the configuration, the secret and the platform, in that order; stops at the first that ends them."""
    from supportctl.adapters.base import Check

    profile = app.profile
    lines = [
        Check(name="profile", ok=True, detail=f"{profile.name}: {profile.platform} at {profile.url}"),
        Check(
            name="writes",
            ok=True,
            detail="allowed" if profile.writes else "read-only",
        ),
    ]
    try:
        lines.extend(app.reader.check())
    except SupportctlError as error:
        lines.append(Check(name=_stage(error), ok=False, detail=error.message, hint=error.hint))
        return lines, Exit(error.exit_code)
    return lines, Exit.AUTH if any(line.ok is False for line in lines) else Exit.OK


def _stage(error: SupportctlError) -> str:
    if isinstance(error, AuthError):
        return "sign-in"
    if isinstance(error, PermissionDeniedError):
        return "permission"
    return "connection" if isinstance(error, TemporaryError) else "platform"


def print_checks(console: Console, lines: list["Check"]) -> None:
    """``✓`` holds, ``✗`` does not, ``!`` could not be told; what to do stands below."""
    width = max((len(line.name) for line in lines), default=0)
    for line in lines:
        mark, style = {True: ("✓", "green"), False: ("✗", "red"), None: ("!", "yellow")}[line.ok]
        console.line(f"{console.paint(mark, style)} {line.name:<{width}}  {safe_line(line.detail)}")
        for step in (line.hint or "").splitlines():
            console.line(f"  {'':<{width}}  → {safe_line(step)}")
