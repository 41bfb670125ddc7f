"""Rows 1 to 4 and 8: a worker dies at each moment of its work, and the next one goes on."""

import pytest

from tests.faults.trial import LONG_AGO, Trial

pytestmark = pytest.mark.e2e

LETTERS = 12
CONNECTIONS = 8
KILLED = -9


@pytest.mark.parametrize("point", ["in-claim", "after-claim", "before-request", "after-answer", "in-record"])
def test_killed_in_the_middle_of_it(trial: Trial, point: str) -> None:
    trial.post(LETTERS)
    assert trial.dies(point) == KILLED

    # What it had in hand waits for its lease; nothing else is touched.
    begun = {"in-claim": 0}.get(point, CONNECTIONS)
    assert trial.counts() == {"queued": LETTERS - begun} | ({"sending": begun} if begun else {})
    arrived = trial.copies()
    if point in {"in-claim", "after-claim"}:
        assert not arrived
    if point == "in-record":  # What was not committed is as if it had never been written.
        assert arrived

    # The next worker hands the rest over, and puts in doubt what nobody can know.
    trial.drain()
    assert trial.counts()["sent"] == LETTERS - begun
    trial.lapse()
    trial.drain()
    assert trial.counts() == {"sent": LETTERS - begun} | ({"in_doubt": begun} if begun else {})
    trial.hold()

    # A report proves that a doubtful letter left. What has no copy stays a person's to decide, and then leaves once.
    trial.settle_by_reports()
    lost = trial.in_state("in_doubt")
    assert not set(lost) & trial.copies().keys()
    if lost:
        trial.send_again(lost)
        trial.drain()
    assert trial.counts() == {"sent": LETTERS}
    assert set(trial.copies().values()) == {1}
    assert len(trial.provider.mails) == LETTERS


def test_killed_after_its_record_nothing_is_left_to_do(trial: Trial) -> None:
    trial.post(LETTERS)
    assert trial.dies("after-record", "--nth", "2") == KILLED  # The first round only claims.
    recorded = trial.counts()["sent"]
    assert recorded
    trial.lapse()
    trial.drain()
    trial.settle_by_reports()
    after = trial.counts()
    assert after["sent"] >= recorded
    assert after["sent"] + after["in_doubt"] == LETTERS
    assert set(trial.in_state("sent")) == trial.copies().keys()


def test_killed_before_its_task_is_acknowledged_the_task_runs_again_and_finds_nothing(
    trial: Trial, no_schedule: None
) -> None:
    trial.post(3)
    waiting = "SELECT count(*) FROM django_q_ormq"
    assert trial.site.rows(waiting) == [(1,)]
    cluster = trial.dying("before-ack", command=["qcluster"])
    trial.until_all_sent()
    trial.wait(lambda: "after death" in cluster.words())
    # The worker is dead and its task not acknowledged: the broker hands it out again once its time is over.
    assert trial.site.rows(waiting) == [(1,)]
    trial.site.rows(f"UPDATE django_q_ormq SET lock = '{LONG_AGO}'")
    trial.wait(lambda: trial.site.rows(waiting) == [(0,)])
    assert len(trial.provider.mails) == 3


def test_what_ends_its_worker_each_time_is_given_up_and_the_others_go_on(trial: Trial) -> None:
    (poison,) = trial.post(1, kind="notice")  # A letter would wait for a person after the first time.
    trial.post(4)
    trial.site.rows("UPDATE mailings_message SET attempts = 3")

    def meets_its_fate() -> int:
        fate = ("--fate", "end", "--always", "--only", poison)
        return trial.dies("before-request", *fate, "--connections", "1")

    for attempt in (4, 5):
        assert meets_its_fate() == 1
        assert trial.site.rows("SELECT attempts FROM mailings_message WHERE kind = 'notice'") == [(attempt,)]
        assert meets_its_fate() == 0  # While its lease lasts, the others go.
        assert trial.counts()["sent"] == 4
        trial.lapse()
        assert meets_its_fate() == 0
        assert trial.statuses()[poison] == "in_doubt"
        # Five minutes pass, after which a notice in doubt goes again.
        trial.site.rows(f"UPDATE mailings_message SET due = '{LONG_AGO}' WHERE status = 'in_doubt'")
    assert meets_its_fate() == 0
    assert trial.counts() == {"failed": 1, "sent": 4}
    assert trial.copies()[poison] == 0
