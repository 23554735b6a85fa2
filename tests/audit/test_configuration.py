"""A project's file: what is read, what is refused and where, and what a run goes by in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from supportctl.audit import Settings
from supportctl.audit.configuration import load, problems_of, resolve
from supportctl.audit.rule import Context
from supportctl.audit.verdict import Clean, Faulty
from supportctl.errors import ConfigError
from supportctl.model import Persona, Severity
from tests.audit.cases import NOW, PLATFORMS, ticket
from tests.audit.projects import OURS, mistakes, read, written


@pytest.mark.parametrize(
    ("text", "line", "column", "told"),
    [
        ("[audit\n", 1, 7, "Expected"),
        ("[audti]\n", 1, 2, "did you mean 'audit'?"),
        ("audit = 3\n", 1, 1, "audit is a table"),
        ('[audit]\nstael = {p1 = "1d"}\n', 2, 1, "did you mean 'stale'?"),
        ('[audit]\nstale = {p1 = "1d", p9 = "1d"}\n', 2, 21, "one per priority"),
        ('[audit.stale]\np1 = "soon"\n', 2, 1, "a duration is a whole number and a unit"),
        ("[audit.stale]\np1 = 3\n", 2, 1, "stale.p1 cannot be 3"),
        ('[audit]\nguard_share = "half"\n', 2, 1, "it is a number"),
        ("[audit]\nguard_support = true\n", 2, 1, "it is a whole number"),
        ('[audit]\nignored_tags = "spam"\n', 2, 1, "is a list, not a text"),
        ('[audit]\nignored_tags = ["spam",\n  3]\n', 3, 3, "it is a text in quotes"),
        ('[audit]\npersona = "auditr"\n', 2, 1, "did you mean 'auditor'?"),
        ('[audit]\nruleset = "stict"\n', 2, 1, "did you mean 'strict'?"),
        ('[audit]\nfail_on = "hihg"\n', 2, 1, "did you mean 'high'?"),
        ('[audit]\nextend = ["TIM501",\n"OWN2O1"]\n', 3, 1, "did you mean `OWN201`?"),
        ("[audit]\noptions = {}\n", 2, 1, "there is no 'options'"),
        ('[audit.rules.TIM5O1]\nseverity = "low"\n', 1, 14, "did you mean `TIM501`?"),
        ('[audit.rules.TIM501]\nsevrity = "low"\n', 2, 1, "did you mean 'severity'?"),
        ('[audit.rules.TIM501]\nwhere = "stauts:open"\n', 2, 1, "did you mean `status`?"),
        ('[audit.rules.TIM501]\nexcept = "status:"\n', 2, 1, "the query cannot be read"),
        ('[audit.rules]\nTIM501 = "low"\n', 2, 1, "is a table"),
        ("[audit.rules.TIM501]\n[audit.rules.stale]\n", 2, 14, "two tables"),
        ('[audit.severities]\nTIM501 = "low"\n[audit.rules.TIM501]\nseverity = "high"\n', 4, 1, "another severity"),
        ('[audit.rules.QUE901]\nwhere = "status:open"\n', 1, 14, "narrow those"),
        ('[audit]\noutputs = ["sarif"]\n', 2, 12, "FORM=PATH"),
        ('[audit]\noutputs = ["json=../../x"]\n', 2, 12, "leads out of the project's folder"),
        ('[audit]\nbaseline = "/etc/x"\n', 2, 1, "leads out of the project's folder"),
        ('[audit]\nbaseline = "~/x"\n', 2, 1, "leads out of the project's folder"),
        ('[[audit.exemption]]\nrules = ["TIM501"]\nuntil = 2026-01-01\n', 1, 3, "reason must be given"),
        ('[[audit.exemption]]\nrules = ["TIM501"]\nreason = "x"\n', 1, 3, "until must be given"),
        ('[[audit.exemption]]\nrules = ["TIM501"]\nreason = " "\nuntil = 2026-01-01\n', 3, 1, "says why"),
        ('[[audit.exemption]]\nreason = "x"\nuntil = 2026-01-01\n', 1, 3, "an exemption of everything"),
        ('[[audit.exemption]]\nquery = "x"\nreason = "x"\nuntil = 2026-01-01\n', 2, 1, "the query cannot be read"),
        ('[[audit.exemption]]\nrules = ["TIM501"]\nreason = "x"\nuntil = "soon"\n', 4, 1, "it is a date"),
        ('[audit.exemption]\nreason = "x"\n', 1, 8, "once for each"),
        ('[[audit.rule]]\ncode = "ACME001"\nname = "x"\nquery = "status:open"\n', 1, 3, "message must be given"),
        (
            '[[audit.rule]]\ncode = "TIM999"\nname = "x"\nquery = "status:open"\nmessage = "m"\n',
            2,
            1,
            "may become a rule of supportctl",
        ),
        (
            '[[audit.rule]]\ncode = "acme-1"\nname = "x"\nquery = "status:open"\nmessage = "m"\n',
            2,
            1,
            "is not like ACME001",
        ),
        (
            '[[audit.rule]]\ncode = "ACME001"\nname = "stale"\nquery = "status:open"\nmessage = "m"\n',
            3,
            1,
            "taken by the rule TIM501",
        ),
        ('[audit]\ncalendar = "support"\n', 2, 1, "there is no calendar 'support'"),
        ('[audit.group_calendars]\nNetwork = "night"\n', 2, 1, "there is no calendar 'night'"),
        ("[audit.calendars.support]\nzone = 'UTC'\n", 1, 18, "has no hours"),
        ("[audit.calendars.support]\nhours = []\n", 1, 18, "has no hours"),
        ("[audit.calendars.support]\nhours = ['mon 09:00-17:00']\n", 1, 18, "the calendar 'support' has no zone"),
        ("[audit.calendars.support]\nzone = 'UTC'\nhours = ['noon']\n", 3, 10, "'support': `noon` names no times"),
        ("[audit.calendars.support]\nzone = 'Mars'\nhours = ['mon 09:00-17:00']\n", 2, 1, "no time zone `Mars`"),
        ("[audit.calendars.support]\nzone = 'UTC'\nhours = 'mon'\n", 3, 1, "hours is a list"),
        ('[audit]\noutputs = ["sarf=a"]\n', 2, 12, "did you mean 'sarif'?"),
        ('[audit]\noutputs = ["json=a",\n"csv=a"]\n', 3, 1, "two outputs go to a"),
        ("[audit.calendars]\nsupport = 3\n", 2, 1, "is no table"),
        ('[taxonomy.tags]\nvpn = ["x"]\nmail = ["x"]\n', 3, 9, "for 'vpn' and for 'mail'"),
        ('[taxonomy.tags]\nvpn = ["Net"]\nmail = ["net"]\n', 3, 1, "differ in case only"),
        ('[audit]\ntags = ["a"]\ntag_aliases = {b = "c"}\n', 3, 16, "which is not in tags"),
        ('[audit]\ntags = ["a", "b"]\ntag_aliases = {b = "a"}\n', 3, 16, "is a tag of the list itself"),
        ('taxonomy = "none.toml"\n', 1, 1, "No such file"),
        ('taxonomy = "../tags.toml"\n', 1, 1, "leads out"),
        ('audit = {tags = ["a"]}\n[taxonomy.tags]\nb = []\n', 1, 10, "stands in the taxonomy too"),
    ],
    ids=lambda value: value[:40].replace("\n", " ") if isinstance(value, str) else str(value),
)
def test_a_mistake_has_its_place(tmp_path: Path, text: str, line: int, column: int, told: str) -> None:
    found = mistakes(tmp_path, text)
    assert [(at, begin) for at, begin, words in found if told in words] == [(line, column)], found


def test_every_mistake_of_a_list_is_told(tmp_path: Path) -> None:
    text = """[audit]
outputs = ["sarif", "html=../a"]
[audit.calendars.x]
hours = ["noon", "xyz 09:00-10:00", "mon 09:00-17:00"]
holidays = ["1", "12-25", "2"]
"""
    found = [line for line, _, _ in mistakes(tmp_path, text)]
    assert found == [2, 2, 3, 4, 4, 5, 5]


SECRET = "s3cr3t-of-acme"


@pytest.mark.parametrize("name", ["url", "token", "password", "api_key", "credential_command", "auth", "proxy"])
@pytest.mark.parametrize(
    "table", ["", "[audit]\n", "[audit.rules.TIM501]\n", "[audit.calendars.x]\nzone='UTC'\nhours=['mon 09:00-17:00']\n"]
)
def test_no_address_and_no_credential(tmp_path: Path, table: str, name: str) -> None:
    path = written(tmp_path, f'{table}{name} = "{SECRET}"\n')
    (mistake,) = problems_of(path)
    assert "does not belong into a project's file" in mistake.message
    assert mistake.hint is not None
    assert "profile add" in mistake.hint
    assert SECRET not in str(mistake)
    with pytest.raises(ConfigError, match=rf"supportctl\.toml:{mistake.line}:1"):
        load(path, catalogue=OURS)


@pytest.mark.parametrize("table", ["profiles.prod", "profile", "tool", "auth"])
def test_no_profile(tmp_path: Path, table: str) -> None:
    assert mistakes(tmp_path, f'[{table}]\nplatform = "zendesk"\n')


def test_tags_and_groups_may_be_called_anything(tmp_path: Path) -> None:
    text = '[taxonomy.tags]\npassword = ["token"]\nurl = []\n[audit.group_calendars]\n'
    assert mistakes(tmp_path, text) == []


def test_every_mistake_is_told_and_the_first_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, '[audit]\ngrace = "x"\nreassignments = "y"\nfail_on = "z"\n')
    assert [each.line for each in problems_of(path)] == [2, 3, 4]
    with pytest.raises(ConfigError) as caught:
        load(path, catalogue=OURS)
    assert "supportctl.toml:2:1:" in caught.value.message
    assert "2 more" in caught.value.message
    assert caught.value.hint == f"all of them: supportctl config validate {path}"


def test_the_nearest_file_counts_up_to_the_repository(tmp_path: Path) -> None:
    inner = tmp_path / "repository" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "repository" / ".git").mkdir()
    outer = written(tmp_path, '[audit]\nruleset = "ci"\n')
    assert load(start=inner, catalogue=OURS) is None
    assert (found := load(start=tmp_path, catalogue=OURS)) is not None
    assert found.file.path == outer
    root = written(tmp_path / "repository", '[audit]\nruleset = "strict"\n')
    assert (found := load(start=inner, catalogue=OURS)) is not None
    assert (found.file.path, found.run.ruleset) == (root, "strict")
    written(tmp_path / "repository" / "a", "[project]\nname = 'x'\n", "pyproject.toml")
    assert (found := load(start=inner, catalogue=OURS)) is not None
    assert found.file.path == root
    near = written(tmp_path / "repository" / "a", "[tool.supportctl.audit]\nruleset = 'ci'\n", "pyproject.toml")
    assert (found := load(start=inner, catalogue=OURS)) is not None
    assert (found.file.path, found.run.ruleset) == (near, "ci")


def test_the_home_folder_is_the_last_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    (home / "work").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    written(tmp_path, "[audit]\n")
    assert load(start=home / "work", catalogue=OURS) is None
    written(home, "[audit]\n")
    assert load(start=home / "work", catalogue=OURS) is not None


def test_a_broken_pyproject_of_somebody_else_is_passed_over(tmp_path: Path) -> None:
    written(tmp_path, "[tool.other\n", "pyproject.toml")
    (tmp_path / ".git").mkdir()
    assert load(start=tmp_path, catalogue=OURS) is None


def test_places_in_a_pyproject(tmp_path: Path) -> None:
    path = written(tmp_path, '[project]\nname = "x"\n[tool.supportctl.audit]\ngrace = "no"\n', "pyproject.toml")
    assert [(each.line, each.column) for each in problems_of(path)] == [(4, 1)]


def test_a_taxonomy_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, '[tags]\nvpn = ["net"]\n[tags2]\n', "tags.toml")
    path = written(tmp_path, 'taxonomy = "tags.toml"\n')
    (mistake,) = problems_of(path)
    assert (mistake.path.name, mistake.line) == ("tags.toml", 3)
    written(tmp_path, 'ignore = ["bump*"]\n[tags]\nvpn = ["net"]\n', "tags.toml")
    settings = resolve(load(path, catalogue=OURS), catalogue=OURS).settings
    assert (settings.tags, settings.tag_aliases, settings.system_tags) == (("vpn",), {"net": "vpn"}, ("bump*",))


FILE = """
[audit]
persona = "pedantic"
grace = "30m"
stale = {p1 = "12h", other = "9d"}
severities = {OWN201 = "low"}
one_team = [["A", "B"]]
[audit.rules.stale]
severity = "low"
"""


def test_default_file_and_command_line_in_this_order(tmp_path: Path) -> None:
    project = read(tmp_path, FILE)
    alone = resolve(project, catalogue=OURS)
    assert alone.settings.grace == timedelta(minutes=30)
    assert alone.settings.severities == {"OWN201": Severity.LOW, "TIM501": Severity.LOW}
    assert alone.settings.reassignments == Settings().reassignments
    over = resolve(
        project,
        ["stale.p1=1h", "grace=5m", "TIM501.severity=high", "one_team=C,D", "one_team=E,F"],
        persona="auditor",
        fail_on="low",
        catalogue=OURS,
    )
    assert over.settings.stale == {"p1": timedelta(hours=1), "other": timedelta(days=9)}
    assert over.settings.grace == timedelta(minutes=5)
    assert over.settings.severities["TIM501"] is Severity.HIGH
    assert over.settings.one_team == (("C", "D"), ("E", "F"))
    assert over.settings.persona is Persona.AUDITOR
    assert over.fail_on is Severity.LOW
    assert over.sources["stale.p1"] == "--set"
    assert over.sources["persona"] == "--persona"
    assert alone.sources["grace"] == "supportctl.toml:4"


def test_calendars_are_made(tmp_path: Path) -> None:
    text = """
[audit]
calendar = "support"
[audit.calendars.support]
zone = "Europe/Berlin"
hours = ["mon-fri 09:00-17:00"]
holidays = ["12-25", 2026-01-01]
"""
    calendar = resolve(read(tmp_path, text), catalogue=OURS).calendars["support"]
    monday, friday = datetime(2026, 3, 2, 0, 0, tzinfo=UTC), datetime(2026, 3, 7, 0, 0, tzinfo=UTC)
    assert calendar.between(monday, friday) == timedelta(hours=40)
    assert calendar.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 22, tzinfo=UTC)) == timedelta(0)
    pairs = ["calendar=night", "calendars.night.hours=mon-fri 22:00-06:00", "calendars.night.zone=UTC"]
    assert set(resolve(read(tmp_path, text), pairs, catalogue=OURS).calendars) == {"support", "night"}
    with pytest.raises(ConfigError, match="has no hours"):
        resolve(None, ["calendars.x.zone=UTC"], catalogue=OURS)
    with pytest.raises(ConfigError, match="there is no calendar 'y'"):
        resolve(None, ["calendar=y"], catalogue=OURS)


def test_outputs_and_baseline_lie_beside_the_file(tmp_path: Path) -> None:
    text = '[audit]\nbaseline = "hygiene.json"\noutputs = ["sarif=out/a.sarif", "html = report.html"]\n'
    resolved = resolve(read(tmp_path, text), catalogue=OURS)
    assert resolved.baseline == tmp_path / "hygiene.json"
    assert resolved.outputs == (f"sarif={tmp_path / 'out/a.sarif'}", f"html={tmp_path / 'report.html'}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[audit]\noutputs = ["csv=away/a.csv"]\n', "leads out of the project's folder"),
        ('[audit]\noutputs = ["csv=one.csv"]\n', "leads out of the project's folder"),
        ('[audit]\nbaseline = "away/b.json"\n', "leads out of the project's folder"),
        ('taxonomy = "away/tags.toml"\n', "leads out of the project's folder"),
        ('[audit]\noutputs = ["csv=.git/hooks/pre-commit"]\n', "lies in .git"),
        ('[audit]\noutputs = ["csv=inside/a.csv"]\n', None),
    ],
)
def test_links_that_were_checked_in_lead_nowhere_else(tmp_path: Path, text: str, told: str | None) -> None:
    folder, outside = tmp_path / "project", tmp_path / "outside"
    (folder / "out").mkdir(parents=True)
    outside.mkdir()
    (folder / "away").symlink_to(outside)
    (folder / "one.csv").symlink_to(outside / "a.csv")
    (folder / "inside").symlink_to("out")
    found = [words for _, _, words in mistakes(folder, text)]
    assert not found if told is None else any(told in words for words in found), found


def test_tags_to_leave_alone_are_no_strangers(tmp_path: Path) -> None:
    text = '[taxonomy]\nignore = ["bump*", "/^auto_[0-9]+$/"]\n[taxonomy.tags]\nvpn = ["net"]\n'
    resolved = resolve(read(tmp_path, text), catalogue=OURS)
    context = Context(NOW, resolved.settings, PLATFORMS["jsm"])
    rule = resolved.rule("CLS104")
    for tags, expected in ((["bump3", "auto_17", "vpn"], Clean), (["auto_x"], Faulty), (["net"], Faulty)):
        assert isinstance(rule.check(ticket("jsm", {"tags": tags}), context), expected), tags  # type: ignore[attr-defined]


def test_families_of_the_taxonomy_are_those_of_the_rule(tmp_path: Path) -> None:
    text = '[taxonomy.tags]\nvpn = []\nmail = []\n[taxonomy.families.product]\ntags = ["vpn", "mail"]\n'
    resolved = resolve(read(tmp_path, text), catalogue=OURS)
    assert resolved.settings.options["CLS106"] == {"families": {"product": ("vpn", "mail")}}
    own = text + "[audit.rules.CLS106.families]\ncause = ['vpn']\n"
    assert resolve(read(tmp_path, own), catalogue=OURS).settings.options["CLS106"] == {"families": {"cause": ("vpn",)}}
