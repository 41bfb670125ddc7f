"""That a trial reads no result before it stands: a report that was put off has taken effect when ``report`` is back."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.trial import Trial

pytestmark = pytest.mark.e2e

LATER = timedelta(seconds=3)


def test_a_report_that_another_worker_put_off_is_waited_for(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    trial.post(1)
    trial.drain()
    drain, drains = trial.drain, 0

    def put_off_at_first() -> str:
        nonlocal drains
        drains += 1
        if drains == 1:
            trial.site.rows(f"UPDATE mailings_event SET due = '{datetime.now(UTC) + LATER}' WHERE applied_at IS NULL")
        return drain()

    monkeypatch.setattr(trial, "drain", put_off_at_first)
    trial.report(trial.provider.mails)
    assert drains > 1
    assert trial.site.rows("SELECT DISTINCT status FROM mailings_recipient") == [("delivered",)]
