"""Findings of a HAR, gathered while its exchanges go by; the same fault again is counted, not listed."""

from datetime import timedelta
from urllib.parse import urlsplit

from supportctl.evidence.har import bodies, cross, failures, skew
from supportctl.evidence.har.exchange import Exchange
from supportctl.evidence.har.model import SEVERITIES, HarFinding, Kind, Severity
from supportctl.evidence.har.redirects import Chain, Redirects
from supportctl.evidence.har.signin import SignIns
from supportctl.evidence.logs import tracking
from supportctl.evidence.redact.scrubber import Scrubber

_LIMITS = (
    "x-ratelimit-limit", "x-ratelimit-remaining", "ratelimit-limit", "x-rate-limit", "x-rate-limit-remaining",
    "x-ratelimit-reset",
)  # fmt: skip
MOST = 500
"""Different findings that are listed of one file."""
_WAITING = 1000


class Findings:
    def __init__(self, name: str) -> None:
        self.name = name
        self.found: dict[tuple[object, ...], HarFinding] = {}
        self.left_out = 0
        self.without_body = 0
        self._redirects = Redirects()
        self._signins = SignIns()
        self._waits: dict[tuple[str, str, str], tuple[Exchange, float, HarFinding]] = {}
        self._refused_origins: dict[tuple[str, str], HarFinding] = {}

    def add(self, one: Exchange, page: str, scrubber: Scrubber) -> None:
        self._again_too_soon(one)
        judged = failures.judged(one)
        blocked = cross.refused(one)
        if blocked is not None:
            self.tell(one, "cors", "error", blocked)
        if judged is not None:
            kind, what, severity = judged
            if kind == "failed" and one.status in (429, 503) and ("retry-after" in one.got or one.status == 429):
                self._limited(one, what)
            elif not (blocked is not None and one.method == "OPTIONS"):
                self._failed(one, kind, what, severity, scrubber)  # type: ignore[arg-type]
        elif (told := failures.inside(one)) is not None:
            self._failed(one, "failed", told, "error", scrubber)
        if (told := cross.mixed(one, page)) is not None:
            self.tell(one, "mixed-content", "warning" if "block" not in told else "error", told)
        self._redirects.add(one)
        before = len(self._signins.found)
        self._signins.add(one)
        for sign in self._signins.found[before:]:
            self.tell(sign.one, "sign-in-expired", "warning" if "all the same" in sign.what else "error", sign.what)

    def _failed(self, one: Exchange, kind: Kind, what: str, severity: Severity, scrubber: Scrubber) -> None:
        said = bodies.saying(one, scrubber)
        if (one.status or 0) >= 400 and one.body is None and one.method != "HEAD" and one.size != 0:
            self.without_body += 1
        if severity == "error" and (one.status or 0) <= 0 and self._cross_call(one):
            what += "; it goes to another origin: without an answer that allows it (CORS) the browser says no more"
        finding = self.tell(one, kind, severity, f"{what} · {said}" if said and said not in what else what)
        if finding is not None and (text := bodies.plain_body(one)):
            for found in tracking.ids(text)[:3]:
                if found.kind != "uuid" and found.value not in finding.ids.values():
                    finding.ids.setdefault(f"body {found.kind}", found.value)

    def _cross_call(self, one: Exchange) -> bool:
        origin = one.sent.get("origin", "")
        return bool(origin) and origin != cross.origin_of(one.url) and one.kind in ("xhr", "fetch", "preflight", "")

    def _limited(self, one: Exchange, what: str) -> None:
        wait = _seconds(one)
        left = [f"{name}: {one.got[name]}" for name in _LIMITS if name in one.got]
        told = (
            f"{what}: to be asked again after {wait:g} s"
            if wait is not None
            else f"{what}: the answer does not say when to ask again"
        )
        finding = self.tell(one, "rate-limited", "error", f"{told} ({', '.join(left)[:120]})" if left else told)
        if finding is not None and wait is not None and len(self._waits) < _WAITING:
            self._waits[(one.method, one.host, one.path)] = (one, wait, finding)

    def _again_too_soon(self, one: Exchange) -> None:
        waiting = self._waits.pop((one.method, one.host, one.path), None)
        if waiting is None:
            return
        first, wait, finding = waiting
        if first.ended is not None and one.at is not None:
            passed = (one.at - first.ended) / timedelta(seconds=1)
            if passed < wait - 0.5 and "asked again" not in finding.what.partition("; ")[2]:
                finding.what += f"; it was asked again after {max(passed, 0):.1f} s"

    def tell(
        self, one: Exchange, kind: Kind, severity: Severity, what: str, *, millis: float | None = None
    ) -> HarFinding | None:
        """The finding, new or met again; None where there is no room for more."""
        key = (kind, one.method, one.host, one.path, one.status, what[:60])
        found = self.found.get(key)
        if found is not None:
            found.count += 1
            return found
        if (len(self.found) >= MOST and severity != "error") or len(self.found) >= 2 * MOST:
            self.left_out += 1
            return None
        found = self.found[key] = HarFinding(
            file=self.name,
            kind=kind,
            severity=severity,
            at=one.at,
            entry=one.number,
            method=one.method,
            url=one.url,
            status=one.status,
            what=what,
            ids=one.ids(),
            third_party=False,
            millis=millis if millis is not None else one.millis or None,
        )
        return found

    def close(self, clock: skew.Skew) -> list[HarFinding]:
        """All findings; `in_order` sorts them."""
        for chain in self._redirects.close():
            self.tell(
                chain.steps[0],
                "redirect-loop",
                "error" if chain.documents or chain.ended is None else "warning",
                _loop(chain),
            )
        found = list(self.found.values())
        seconds = clock.seconds()
        if seconds is not None and abs(seconds) > skew.TOLERATED:
            way = "behind" if seconds > 0 else "ahead of"
            found.append(
                self._whole(
                    "clock-skew", "warning",
                    f"the recording computer's clock is {skew.worded(seconds)} {way} the servers': sign-ins and signed "
                    "addresses may be refused, and times in server logs differ by as much",
                )
            )  # fmt: skip
        for host, off in list(clock.odd().items())[:5]:
            way = "ahead of" if off > 0 else "behind"
            found.append(
                self._whole(
                    "clock-skew", "note", f"the clock of {host} is {skew.worded(off)} {way} that of all other hosts"
                )
            )
        if self.without_body:
            many = "s" if self.without_body > 1 else ""
            found.append(
                self._whole(
                    "no-bodies", "note",
                    f"of {self.without_body:,} failed exchange{many} the answer's text was not recorded: record again "
                    "with the network panel open, and save with content",
                )
            )  # fmt: skip
        return found

    def _whole(self, kind: Kind, severity: Severity, what: str) -> HarFinding:
        return HarFinding(
            file=self.name, kind=kind, severity=severity, at=None, entry=None, method="", url="", status=None,
            what=what, ids={}, third_party=False, millis=None,
        )  # fmt: skip


def in_order(found: list[HarFinding]) -> list[HarFinding]:
    """Errors first, then warnings and notes, each as they happened."""
    return sorted(found, key=lambda each: (SEVERITIES.index(each.severity), each.entry is None, each.entry or 0))


def _seconds(one: Exchange) -> float | None:
    """``Retry-After`` in seconds, also where it is a date."""
    written = one.got.get("retry-after", "").partition(",")[0].strip()
    if written.replace(".", "", 1).isdigit():
        return min(float(written), 1e7)
    from supportctl.evidence.logs import stamps

    stamp = stamps.parse(one.got.get("retry-after", "")[:60])
    now = stamps.parse(one.got.get("date", "")[:60])
    if stamp is None or stamp.offset is None:
        return None
    start = (
        now.naive
        if now is not None and now.offset is not None
        else None
        if one.ended is None
        else one.ended.replace(tzinfo=None)
    )
    return None if start is None else max(0.0, (stamp.naive - start) / timedelta(seconds=1))


def _loop(chain: Chain) -> str:
    hosts = list(dict.fromkeys(step.host or urlsplit(step.url).netloc for step in chain.steps))
    times = len(chain.steps)
    over = f" over {', '.join(hosts[:4])}" if len(hosts) > 1 else ""
    end = f"it ended with {chain.ended}" if chain.ended is not None and chain.ended > 0 else "it did not end"
    most = chain.places.most_common(1)[0][1]
    if most > 1:
        return f"redirected in circles: {times} redirects{over}, {most} of them from one address; {end}"
    return f"{times} redirects in a row{over}; {end}"
