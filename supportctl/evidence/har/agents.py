"""Browser and system, from what a client calls itself."""

import re
from collections.abc import Mapping

_BROWSERS = (
    ("Edge", re.compile(r"\bEdg(?:e|A|iOS)?/([\d.]+)")),
    ("Opera", re.compile(r"\bOPR/([\d.]+)")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/([\d.]+)")),
    ("Yandex Browser", re.compile(r"\bYaBrowser/([\d.]+)")),
    ("Vivaldi", re.compile(r"\bVivaldi/([\d.]+)")),
    ("Electron", re.compile(r"\bElectron/([\d.]+)")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/([\d.]+)")),
    ("Chrome", re.compile(r"\b(?:HeadlessChrome|Chrome|CriOS)/([\d.]+)")),
    ("Safari", re.compile(r"\bVersion/([\d.]+)[^)]*\bSafari/")),
    ("Internet Explorer", re.compile(r"\bMSIE ([\d.]+)|\bTrident/.*rv:([\d.]+)")),
)
_WINDOWS = {"10.0": "10 or 11", "6.3": "8.1", "6.2": "8", "6.1": "7", "6.0": "Vista", "5.1": "XP", "5.2": "XP"}
_CLIENT = re.compile(r"[A-Za-z][\w.+-]{1,40}/[\d][\w.]{0,20}")


def browser_of(agent: str) -> str | None:
    for name, form in _BROWSERS:
        match = form.search(agent)
        if match is not None:
            return f"{name} {next(group for group in match.groups() if group)}"
    match = _CLIENT.match(agent)
    return None if match is None or match[0].startswith("Mozilla/") else match[0].replace("/", " ")


def system_of(agent: str, sent: Mapping[str, str]) -> str | None:
    """Browsers freeze the versions of Windows and macOS; the hints they send besides are truer."""
    platform = sent.get("sec-ch-ua-platform", "").strip('" ')
    version = sent.get("sec-ch-ua-platform-version", "").strip('" ')
    if platform and version and re.fullmatch(r"[\w. ]{1,30}", platform + version):
        if platform == "Windows" and version.partition(".")[0].isdigit():
            return "Windows 11" if int(version.partition(".")[0]) >= 13 else "Windows 10"
        return f"{platform} {version}"
    if match := re.search(r"Windows NT ([\d.]+)", agent):
        return f"Windows {_WINDOWS.get(match[1], match[1])}"
    if match := re.search(r"Android ([\d.]+)", agent):
        return f"Android {match[1]}"
    if match := re.search(r"(?:iPhone|iPad|CPU)[^)]*? OS ([\d_]+)", agent):
        return f"iOS {match[1].replace('_', '.')}"
    if match := re.search(r"Mac OS X ([\d_.]+)", agent):
        told = match[1].replace("_", ".")
        return "macOS" if told.startswith("10.15") else f"macOS {told}"
    if "CrOS" in agent:
        return "ChromeOS"
    if "Linux" in agent or "X11" in agent:
        return "Linux"
    return platform[:30] or None
