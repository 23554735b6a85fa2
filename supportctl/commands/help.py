"""``supportctl help TOPIC``: what is not about one command."""

from typing import Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import Options, shared
from supportctl.errors import UsageError

app = command_app()

EXIT_CODES = """\
Exit codes. Scripts may rely on them: a number never changes its meaning.

{codes}
"""

ENVIRONMENT = """\
Which account
  SUPPORTCTL_PROFILE         the profile to use, as -p NAME
  SUPPORTCTL_CONFIG          the configuration file instead of the user's own
  SUPPORTCTL_<NAME>_TOKEN    the secret of profile NAME (upper case, - becomes _)

An account wholly from the environment, for build servers
  SUPPORTCTL_PLATFORM        zendesk, jsm or servicenow
  SUPPORTCTL_URL             address of the account; acme means acme.zendesk.com on Zendesk, and so on
  SUPPORTCTL_USER            e-mail or user name, where the platform wants one
  SUPPORTCTL_AUTH            oauth, client_credentials, password, api_token, api_key, basic or pat
  SUPPORTCTL_TOKEN           the secret; only ever sent to SUPPORTCTL_URL
  SUPPORTCTL_CLIENT_ID       the OAuth client, for client_credentials and password (its scope: SUPPORTCTL_SCOPE)
  SUPPORTCTL_CLIENT_SECRET   the client's secret, where SUPPORTCTL_TOKEN is a password
  SUPPORTCTL_ALLOW_WRITES    1 permits changes; without it everything is read-only

Where things are kept
  SUPPORTCTL_STATE_DIR       journals, plans, what the last audit found, and failure reports

Output
  SUPPORTCTL_FORMAT          the default of --format
  SUPPORTCTL_MAX_TIME        the default of --max-time, in seconds
  SUPPORTCTL_NO_HINTS        1: no hints
  NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, TERM=dumb, COLUMNS   as everywhere
  CI                         no progress bars and no hints
"""

FORMATS = """\
--format, also SUPPORTCTL_FORMAT. Without it: table on a terminal, plain elsewhere.

  table     for people: fits the terminal, ages are relative
  plain     one thing a line, cells separated by tabs; nothing cut; ? is unknown, empty is empty
  json      one document: {"schema": "supportctl/tickets/v1", "tickets": [...], "truncated": ..., "notices": [...]}
  ndjson    one JSON object a line and nothing else: lines count tickets; --file reads it again
  csv       for spreadsheets; cells that could run as a formula are defused

audit has more forms, and writes several at once (-o FORM=PATH): html, markdown, sarif, junit, github, gitlab

--json FIELDS takes fields separated by commas, or all. --columns NAMES does the same for table, plain and csv.
Times in machine forms are ISO 8601 in UTC. The schema of everything: supportctl schema.
Data goes to standard output; progress, notices and summaries go to standard error.
"""

QUERY = """\
The same on every platform; what a platform cannot answer is evaluated here.

  status:open                 one of new open pending on_hold resolved closed cancelled
  status:open,pending         one of several
  -tag:vip                    not
  priority:p1..p2             a range; p1 is the most urgent
  age>7d  idle>3d             since creation; since the last update
  created:2026-01-01..2026-01-31   dates, both ends included; also 2026, 2026-01
  assignee:none  assignee:any empty; not empty
  group:"Tier 1"              quotes around spaces
  requester:a@b.c             by address, name or id
  text:"vpn"                  in title or description, without case
  sla:breached  link:none  kind:incident  category:...  channel:...  reopens:2..
  "Customer tier":gold        a custom field by its name
  a or b, ( ... )             either; groups. Side by side means both.

A ticket whose field is unknown (hidden from the account, say) matches neither status:open nor -status:open; how many
were left out so is said at the end. Quote queries for the shell: > and ( mean something there.
What a platform is asked: supportctl query explain QUERY
"""

CHANGES = """\
tag, close, reopen, assign, comment, link and set plan first. Without --yes nothing is changed: the plan is shown and
kept, and supportctl plan apply FILE --yes carries it out. What cannot be undone needs --allow-irreversible as well.

Which tickets
  a query, keys, or -         - reads keys from standard input: one a line, NDJSON, JSON, or CSV with a column key
  --from-findings FILE        what supportctl audit --format ndjson found; the finding becomes the reason

Conditions: --require must hold, --unless must not; both may be repeated
  resolved-for=3d  idle-for=2d  touched-within=24h  created-before=2026-01-01
  customer-replied            a customer's reply is newer than the last public answer of an agent
  open-children               a child ticket is not done
  tag=NAME  status=WORD       and any query, such as 'priority:p1'
A ticket for which a condition cannot be told is left out, and named. close holds tickets back with customer-replied
and open-children by itself; --even-if CODE lifts one.

Texts: --message, --note, --notes, comment. TEXT, @NAME (supportctl template list) or @path/to/file.j2
  {{ ticket.requester.name }} a field; empty or unknown leaves the ticket out, and says which
  {{ ticket.x | default('…') }}   what to write instead; {% if ticket.x is defined %} … {% endif %}
  {{ ticket.custom['Name'] }}  {{ ticket.duplicate_of }}  {{ now | date }}  {{ profile }}
  {{ var.team }}              given with --var team=Billing

Tags of your own, for tag apply-aliases: --taxonomy FILE, or [taxonomy] in supportctl.toml
  ignore = ["bump*", "/^auto_/"]
  [tags]
  vpn = ["vpn-issue", "VPN_problem"]      the tag, and what becomes it
  [families.product]
  tags = ["vpn", "mail"]
  need = "one"                            exactly one; "some" is at least one
"""

PROJECT = """\
supportctl.toml, or [tool.supportctl] in pyproject.toml: what a team agrees on, checked in. Looked for here and above.
It can set no address, account, credential or command. docs/configuration.md lists every key.

  [audit]
  ruleset = "standard"                    core, standard, strict, ci
  ignore = ["OWN204"]                     rules that do not run; extend = [...] adds some
  stale = { p1 = "12h", other = "7d" }    any setting; supportctl config show lists them
  calendar = "support"

  [audit.rules.TIM501]                    one rule; supportctl rule TIM501 lists its options
  severity = "high"
  except = "tag:vendor-wait"

  [audit.calendars.support]
  zone = "Europe/Berlin"
  hours = ["mon-fri 08:00-18:00"]

  [[audit.exemption]]
  rules = ["TIM501"]
  tickets = ["INC0010001"]
  reason = "waits for the vendor"         required, as is the last day
  until = 2026-06-30

  [[audit.rule]]                          a rule of your own
  code = "ACME001"
  name = "escalated-without-l2"
  query = "status:open tag:escalated -tag:l2"
  message = "escalated without the tag l2"

  [taxonomy.tags]
  vpn = ["vpn-issue"]

Mistakes, with their lines: supportctl config validate. For one run only: --set NAME=VALUE
"""

TOPICS = {
    "exit-codes": EXIT_CODES,
    "environment": ENVIRONMENT,
    "formats": FORMATS,
    "query": QUERY,
    "changes": CHANGES,
    "project": PROJECT,
}


@app.command("help")
@shared()
def help_(
    options: Options,
    topic: Annotated[str | None, typer.Argument(metavar="[TOPIC]", help=f"One of: {', '.join(TOPICS)}.")] = None,
) -> int:
    """Read about exit codes, environment, formats, queries, changes or a project's file."""
    with App(options) as it:
        return run(topic, it)


def run(topic: str | None, app: App) -> int:
    if topic is None:
        app.console.line("Topics: supportctl help " + "|".join(TOPICS))
        app.console.line("Commands: supportctl --help, and supportctl COMMAND --help")
        return 0
    if topic not in TOPICS:
        from difflib import get_close_matches

        close = get_close_matches(topic, TOPICS, n=1)
        guess = f": did you mean {close[0]}?" if close else ""
        raise UsageError(
            f"there is no topic {topic!r}{guess}",
            hint=f"topics: {', '.join(TOPICS)}; for a command run: supportctl COMMAND --help",
        )
    text = TOPICS[topic]
    if topic == "exit-codes":
        text = text.format(codes=exit_codes())
    app.console.write(text)
    return 0


MEANINGS = {
    "OK": "done; nothing at or above --fail-on was found",
    "FOUND": "what was looked for was found: findings at or above --fail-on",
    "USAGE": "wrong arguments, query, configuration or input file",
    "EMPTY": "a named ticket does not exist; or nothing matched, with --error-on-empty",
    "AUTH": "the platform does not accept who we are, or what we may do",
    "TEMPORARY": "the platform failed or limited us after retries; running again is safe",
    "PARTIAL": "some changes failed, or tickets or files that may have been meant were left out; the output says which",
    "REFUSED": "a safety refused: read-only profile, stale plan, cap exceeded, state that cannot be kept",
    "INTERNAL": "a defect of supportctl; a report was written",
    "INTERRUPTED": "Ctrl-C",
}


def exit_codes() -> str:
    from supportctl.exits import Exit

    return "\n".join(f"  {int(code):>3}  {MEANINGS[code.name]}" for code in Exit)
