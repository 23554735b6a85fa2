"""Every body that came from a platform decodes without loss; the account is printed at the end of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from . import harness

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.recordings
@pytest.mark.parametrize("platform", harness.PLATFORMS)
def test_nothing_is_lost(platform: str, recordings: Path, account: list[harness.Report]) -> None:
    report = harness.examine(platform, harness.recordings_of(recordings, platform))
    account.append(report)
    assert report.decoded
    assert not report.failures, "\n".join(report.failures[:60])
