"""What tickets and people attach: taken inside limits, told by content, opened where that is safe."""

from supportctl.evidence.attachments.collecting import collect
from supportctl.evidence.attachments.kinds import Kind
from supportctl.evidence.attachments.limits import Limits
from supportctl.evidence.attachments.result import Collected

__all__ = ["Collected", "Kind", "Limits", "collect"]
