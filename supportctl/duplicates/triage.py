"""One suggestion after the other, decided by a person; what was said can be taken back."""

from collections.abc import Callable, Iterable
from datetime import datetime

from supportctl.duplicates.decisions import Decision, Decisions, Verdict, decide, name_of
from supportctl.duplicates.suggestion import Suggestion


class Triage:
    """The most confident first; put off ones come at the end, decided ones not at all.

    Every decision is on disk before the next suggestion is shown, so that a session may end at any moment.
    """

    def __init__(
        self, suggestions: Iterable[Suggestion], decisions: Decisions, *, clock: Callable[[], datetime], by: str
    ) -> None:
        self._decisions = decisions
        self._clock = clock
        self._by = by
        latest = decisions.latest()
        waiting: dict[object, Suggestion] = {}
        self.decided_before = 0
        for each in suggestions:
            name = name_of(each)
            said = latest.get(name)
            if said is not None and said.verdict is not Verdict.LATER:
                self.decided_before += name not in waiting
            elif name not in waiting or waiting[name].confidence < each.confidence:
                waiting[name] = each
        put_off = {name for name, said in latest.items() if said.verdict is Verdict.LATER}
        self.queue = sorted(waiting.values(), key=lambda each: (name_of(each) in put_off, -each.confidence))
        self.at = 0
        self.made: list[Decision | None] = []
        """By place in the queue what was said in this session; None: passed over."""

    @property
    def current(self) -> Suggestion | None:
        return self.queue[self.at] if self.at < len(self.queue) else None

    @property
    def left(self) -> int:
        return len(self.queue) - self.at

    @property
    def said(self) -> list[Decision]:
        return [each for each in self.made if each is not None]

    def say(self, verdict: Verdict) -> None:
        decision = decide(self.queue[self.at], verdict, at=self._clock(), by=self._by)
        self._decisions.add(decision)
        self.made.append(decision)
        self.at += 1

    def pass_over(self) -> None:
        """Nothing can be said of it: one of the two cannot be read."""
        self.made.append(None)
        self.at += 1

    def undo(self) -> bool:
        """Back to what was said last, as if it had not been; False when nothing was."""
        while self.made:
            last = self.made.pop()
            self.at -= 1
            if last is not None:
                self._decisions.take_back(last)
                return True
        return False
