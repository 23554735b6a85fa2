"""``supportctl profile``: which accounts there are and how careful each is."""

import shlex
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, Options, complete_profiles, shared
from supportctl.errors import UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.config import Profile

app = command_app("Add, list, show, use, change or remove profiles.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The profile.", autocompletion=complete_profiles)]
Url = Annotated[str | None, typer.Option("--url", help="Address; acme is enough for acme.zendesk.com and the like.")]
User = Annotated[str | None, typer.Option("--user", help="E-mail or user name, where the platform wants one.")]
AuthKind = Annotated[
    str | None,
    typer.Option(
        "--auth",
        metavar="KIND",
        help="oauth, client_credentials, refresh_token, password, api_token, api_key, basic or pat.",
    ),
]
ClientId = Annotated[str | None, typer.Option("--client-id", metavar="ID", help="The OAuth client's identifier.")]
Scope = Annotated[str | None, typer.Option("--scope", help="OAuth scope to ask for, words with spaces between.")]
TokenUrl = Annotated[
    str | None, typer.Option("--token-url", metavar="URL", help="Where tokens are given out, if not the usual place.")
]
ClientSecretFile = Annotated[
    str | None,
    typer.Option("--client-secret-file", metavar="PATH", help="The client's secret, for refresh_token and password."),
]
Bundle = Annotated[str | None, typer.Option("--ca-bundle", metavar="PATH", help="Certificates to trust.")]
Command = Annotated[
    str | None, typer.Option("--credential-command", metavar="COMMAND", help="Prints the secret when asked.")
]
TokenStdin = Annotated[bool, typer.Option("--token-stdin", help="Read the secret from standard input.")]
NoStore = Annotated[bool, typer.Option("--no-store", help="Keep no secret: it comes from a variable, file or command.")]
_TABLE = {name: OUTPUT[name] for name in ("format", "json_fields", "columns")}


@app.command("add")
@shared()
def add(
    options: Options,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call the profile.")],
    platform: Annotated[str | None, typer.Option("--platform", help="zendesk, jsm or servicenow.")] = None,
    url: Url = None,
    user: User = None,
    auth: AuthKind = None,
    ca_bundle: Bundle = None,
    credential_command: Command = None,
    client_id: ClientId = None,
    scope: Scope = None,
    token_url: TokenUrl = None,
    client_secret_file: ClientSecretFile = None,
    token_stdin: TokenStdin = False,
    no_store: NoStore = False,
    no_check: Annotated[bool, typer.Option("--no-check", help="Save without asking the platform.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a profile of this name.")] = False,
) -> int:
    """Connect an account: ask what is missing, sign in once, then save.

    \b
    supportctl profile add prod
    supportctl profile add prod --platform zendesk --url acme --user a@b.c --token-stdin < token

    The secret goes into the keyring, never into a file of ours. The profile is read-only until
    supportctl profile set NAME --allow-writes.
    """
    from supportctl.commands import _profile_setup as setup

    asked = setup.Answers(
        name=name,
        platform=platform,
        url=url,
        user=user,
        auth=auth,
        ca_bundle=ca_bundle,
        credential_command=split_command(credential_command),
        client_id=client_id,
        scope=scope,
        token_url=token_url,
        client_secret_file=client_secret_file,
        token_stdin=token_stdin,
        no_store=no_store,
        no_check=no_check,
        replace=replace,
    )
    with App(options) as it:
        return setup.run(asked, it)


@app.command("list")
@shared(_TABLE)
def list_(options: Options) -> int:
    """List profiles; * is the default."""
    with App(options) as it:
        return run_list(it)


@app.command("show")
@shared()
def show(
    options: Options,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", autocompletion=complete_profiles)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """Show a profile and where its secret comes from; never the secret."""
    with App(options) as it:
        return run_show(name, it, as_json=as_json)


@app.command("use")
@shared()
def use(options: Options, name: Name) -> int:
    """Use this profile when none is named."""
    with App(options) as it:
        from supportctl.config_edit import set_default

        set_default(name)
        it.console.success(f"{name} is the default now")
        return int(Exit.OK)


@app.command("set")
@shared()
def set_(
    options: Options,
    name: Name,
    allow_writes: Annotated[
        bool | None, typer.Option("--allow-writes/--read-only", help="Whether commands may change tickets.")
    ] = None,
    url: Url = None,
    user: User = None,
    auth: AuthKind = None,
    ca_bundle: Bundle = None,
    credential_command: Command = None,
    client_id: ClientId = None,
    scope: Scope = None,
    token_url: TokenUrl = None,
    client_secret_file: ClientSecretFile = None,
    store_token: Annotated[
        bool, typer.Option("--store-token", help="Ask for the secret and keep it in the keyring.")
    ] = False,
    store_client_secret: Annotated[
        bool, typer.Option("--store-client-secret", help="Ask for the OAuth client's secret and keep it there too.")
    ] = False,
    token_stdin: TokenStdin = False,
) -> int:
    """Change a profile; an empty value ("") removes a setting.

    \b
    supportctl profile set prod --allow-writes
    supportctl profile set prod --store-token
    """
    given: dict[str, Any] = {
        "writes": allow_writes,
        "url": url,
        "user": user,
        "auth": auth,
        "ca_bundle": ca_bundle,
        "credential_command": credential_command,
        "client_id": client_id,
        "scope": scope,
        "token_url": token_url,
        "client_secret_file": client_secret_file,
    }
    with App(options) as it:
        return run_set(
            name,
            {key: value for key, value in given.items() if value is not None},
            it,
            secret=store_token or (token_stdin and not store_client_secret),
            client_secret=store_client_secret,
            stdin=token_stdin,
        )


@app.command("remove")
@shared()
def remove(
    options: Options,
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> int:
    """Remove a profile and its secret from the keyring."""
    with App(options) as it:
        return run_remove(name, it, yes=yes)


def run_list(app: App) -> int:
    from supportctl.commands._profile_sheet import rows, sheet
    from supportctl.reports.registry import form_name, open_report

    options, console = app.options, app.console
    form = form_name(options.format, fields=options.json_fields, columns=options.columns, tty=console.out_tty)
    profiles = sheet()
    report = open_report(
        form,
        profiles,
        console,
        now=app.now,
        columns=None if options.columns is None else profiles.named_columns(options.columns),
        fields=None if options.json_fields is None else profiles.named_fields(options.json_fields),
    )
    found = rows(app.config)
    for row in found:
        report.row(row)
    report.close()
    if not found:
        console.note(f"no profiles in {app.config.path}")
        console.hint("connect an account: supportctl profile add NAME; or look around: supportctl demo")
    return int(Exit.OK)


def run_show(name: str | None, app: App, *, as_json: bool = False) -> int:
    import msgspec

    from supportctl.config import choose
    from supportctl.console import safe_line

    profile = choose(name or app.options.profile, app.config)
    settings: dict[str, Any] = msgspec.to_builtins(profile)
    settings = {"name": profile.name, **settings, "writes": profile.writes, "secret": secret_origin(profile)}
    if profile.auth.kind in ("refresh_token", "password"):
        settings["client_secret"] = "found" if client_secret_is_there(profile) else "none (a public client)"
    if as_json:
        document = {"schema": "supportctl/profile/v1", **settings}
        app.console.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n", flush=True)
        return int(Exit.OK)
    auth = settings.pop("auth")
    settings["auth"] = auth.pop("kind")
    for key, value in {**settings, **auth}.items():
        shown = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        app.console.line(f"{key:<20}{safe_line(str(shown))}")
    return int(Exit.OK)


def secret_origin(profile: "Profile") -> str:
    """Where the secret would come from, in words; looked up, never shown."""
    from supportctl.commands._app import as_credentials_know
    from supportctl.credentials import find_secret, refresh_token_origin
    from supportctl.errors import SupportctlError

    if profile.auth.kind == "none":
        return "none needed"
    try:
        look = refresh_token_origin if profile.auth.kind == "refresh_token" else find_secret
        found = look(as_credentials_know(profile))
    except SupportctlError as error:
        return f"none: {error.message}"
    return f"{found.origin}: {found.detail}"


def client_secret_is_there(profile: "Profile") -> bool:
    """Whether the OAuth client's secret can be found; looked up, never shown."""
    from supportctl.commands._app import as_credentials_know
    from supportctl.credentials import find_client_secret
    from supportctl.errors import SupportctlError

    try:
        return find_client_secret(as_credentials_know(profile)) is not None
    except SupportctlError:
        return False


def run_set(
    name: str,
    given: dict[str, Any],
    app: App,
    *,
    secret: bool = False,
    client_secret: bool = False,
    stdin: bool = False,
) -> int:
    """Change what was given; the keyring's secret belongs to a host, so a new address needs it again."""
    import msgspec

    from supportctl.commands._profile_setup import absolute, auth_kind
    from supportctl.config import deployment_of, normalise_token_url, normalise_url, unknown_profile
    from supportctl.config_edit import save_profile
    from supportctl.credentials import Part, store_secret

    profile = app.config.profiles.get(name)
    if profile is None:
        raise unknown_profile(name, app.config)
    if secret and client_secret:
        raise UsageError(
            "one secret at a time", hint="give --store-token and --store-client-secret in runs of their own"
        )
    if not given and not secret and not client_secret:
        raise UsageError("nothing to change was given", hint="see: supportctl profile set --help")
    changes: dict[str, Any] = {}
    auth: dict[str, Any] = {}
    for key, value in given.items():
        if key == "url":
            changes[key] = normalise_url(profile.platform, value)
        elif key == "auth":
            auth["kind"] = auth_kind(profile.platform, value)
        elif key == "token_url":
            auth[key] = normalise_token_url(value)
        elif key == "client_secret_file":
            auth[key] = absolute(value)
        elif key in ("user", "client_id", "scope"):
            auth[key] = value or None
        elif key == "credential_command":
            auth["credential_command"] = split_command(value)
        else:
            changes[key] = value if isinstance(value, bool) else value or None
    if auth:
        changes["auth"] = msgspec.structs.replace(profile.auth, **auth)
    changed = msgspec.structs.replace(profile, **changes)
    if "url" in given or "auth" in given:
        deployment = deployment_of(changed.platform, changed.auth.kind, changed.url)
        changed = msgspec.structs.replace(changed, deployment=deployment)
    if secret:
        store_secret(changed, read_secret(app, "secret", stdin=stdin))
    if client_secret:
        store_secret(changed, read_secret(app, "client secret", stdin=stdin), Part.CLIENT_SECRET)
    if changed != profile:
        save_profile(changed)
    told = ["secret"] * secret + ["client secret"] * client_secret
    app.console.success(f"{name}: {', '.join([*given, *told])} set")
    if (changed.url, changed.auth.token_url) != (profile.url, profile.auth.token_url) and not secret:
        app.console.warn(f"a stored secret belongs to its host: supportctl profile set {name} --store-token")
    if given.get("writes"):
        app.console.note("Changes are still planned and shown first; they are made with --yes.")
    return int(Exit.OK)


def run_remove(name: str, app: App, *, yes: bool) -> int:
    from supportctl.config import unknown_profile
    from supportctl.config_edit import remove_profile
    from supportctl.credentials import delete_secret
    from supportctl.errors import ConfigError

    profile = app.config.profiles.get(name)
    if profile is None:
        raise unknown_profile(name, app.config)
    if not yes and not app.console.confirm(f"Remove profile {name} and its secret?", flag="--yes"):
        app.console.note("nothing was removed")
        return int(Exit.OK)
    remove_profile(name)
    try:
        gone = delete_secret(profile)
    except ConfigError as error:
        app.console.warn(f"the keyring was not touched: {error.message}")
        gone = False
    app.console.success(f"{name} removed{', and its secret' if gone else ''}")
    return int(Exit.OK)


def read_secret(app: App, what: str, *, stdin: bool) -> str:
    """From standard input, the file of ``--token-file``, or a person, without echo."""
    if stdin:
        if sys.stdin.isatty():
            raise UsageError("--token-stdin reads standard input, which is a terminal here", hint="pipe the secret in")
        return sys.stdin.readline(16_385).strip()
    if app.options.token_file is not None:
        from supportctl.config import Auth, Profile
        from supportctl.credentials import secret_for

        return secret_for(
            Profile(platform="zendesk", url="", auth=Auth(kind="oauth")), token_file=app.options.token_file
        )
    return app.console.ask_secret(what.capitalize(), flag="--token-stdin or --token-file PATH")


def split_command(text: str | None) -> list[str] | None:
    if not text:
        return None
    try:
        return shlex.split(text)
    except ValueError:
        raise UsageError("--credential-command has a quote that is not closed") from None
