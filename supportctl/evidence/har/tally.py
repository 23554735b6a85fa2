"""Facts of a HAR, added up while its exchanges go by."""

import heapq
from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from supportctl.evidence.har import agents, cross
from supportctl.evidence.har.exchange import Exchange
from supportctl.evidence.har.findings import Findings
from supportctl.evidence.har.hosts import site_of
from supportctl.evidence.har.skew import Skew
from supportctl.evidence.shown import Shown

SLOWEST = 10
_LASTING = ("websocket", "eventsource", "text/event-stream")


class Tally:
    def __init__(self, name: str) -> None:
        self.findings = Findings(name)
        self.skew = Skew()
        self.entries = self.failed = self.bodies = self.sized = self.signed = self.undated = 0
        self.began: datetime | None = None
        self.ended: datetime | None = None
        self.zones: Counter[str] = Counter()
        self.assumed = 0
        self.slow: list[tuple[float, int, Exchange]] = []
        self.hosts: dict[str, list[float]] = {}
        self.protocols: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.agents: Counter[tuple[str, str]] = Counter()
        self.pages: dict[str, str] = {}
        self.main = ""
        self.referred: Counter[str] = Counter()

    def add(self, one: Exchange, shown: Shown) -> None:
        self.entries += 1
        self._time(one)
        page = self._page(one)
        self.findings.add(one, page, shown.scrubber)
        self.skew.add(one)
        failed = one.failed and one.status is not None
        self.failed += failed
        self.bodies += one.body is not None
        self.sized += one.size > 0
        self.signed += "authorization" in one.sent or "cookie" in one.sent
        self.protocols[one.protocol or "not told"] += 1
        self.statuses[_class(one.status)] += 1
        if one.kind not in _LASTING and one.mime not in _LASTING and one.millis > 0 and one.status != 101:
            item = (one.millis, -one.number, one)
            (heapq.heappush if len(self.slow) < SLOWEST else heapq.heappushpop)(self.slow, item)
        if one.host in self.hosts or len(self.hosts) < 5000:
            row = self.hosts.setdefault(one.host, [0, 0, 0, 0])
            for at, value in enumerate((1, failed, max(one.size, 0), max(one.millis, 0.0))):
                row[at] += value
        agent = one.sent.get("user-agent")
        if agent and (len(self.agents) < 50 or sum(self.agents.values()) < 50):
            self.agents[(agents.browser_of(agent) or "", agents.system_of(agent, one.sent) or "")] += 1

    def _time(self, one: Exchange) -> None:
        if one.at is None:
            self.undated += 1
            return
        self.assumed += one.assumed_zone
        self.zones[_zone(one.written)] += 1
        self.began = one.at if self.began is None else min(self.began, one.at)
        end = one.at + timedelta(milliseconds=min(max(one.millis, 0.0), 86_400_000.0))
        self.ended = end if self.ended is None else max(self.ended, end)

    def _page(self, one: Exchange) -> str:
        """Address of the page it belongs to, as far as the file tells."""
        if one.kind == "document" or (not one.kind and one.mime == "text/html" and one.status == 200):
            if one.page and one.page not in self.pages and len(self.pages) < 1000:
                self.pages[one.page] = one.url
            if not self.main and one.status == 200:
                self.main = one.url
        referer = one.sent.get("referer", "")
        if referer and (len(self.referred) < 500):
            self.referred[cross.origin_of(referer)] += 1
        return referer if one.kind != "document" and referer else self.pages.get(one.page, "")

    def site(self) -> str | None:
        """Of the first page; else of what most requests came from."""
        if self.main:
            return site_of(host_of(self.main)) or None
        for origin, _ in self.referred.most_common(1):
            return site_of(host_of(origin)) or None
        most = max(self.hosts, key=lambda host: self.hosts[host][0], default="")
        return site_of(most) or None


def host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _class(status: int | None) -> str:
    if status is None:
        return "none"
    return "none" if status <= 0 else f"{status // 100}xx"


def _zone(written: str) -> str:
    if written.endswith(("Z", "z")):
        return "+00:00"
    tail = written[-6:]
    return (
        tail
        if len(tail) == 6 and tail[0] in "+-" and tail[3] == ":"
        else written[-5:]
        if written[-5:-4] in ("+", "-")
        else ""
    )
