"""Row 38: the clock of one machine is two hours wrong while others send beside it."""

import pytest

from tests.faults.trial import Trial

pytestmark = pytest.mark.e2e

LETTERS = 60
#: More than a lease (90 s), a retry's longest wait and a schedule's minute.
WRONG = ["2", "-2"]


@pytest.mark.parametrize("hours", WRONG)
def test_a_machine_with_a_wrong_clock_doubles_nothing(trial: Trial, hours: str) -> None:
    trial.post(LETTERS)
    trial.provider.delay = 0.2
    trial.loop("right")
    trial.dying("never", "--hours", hours, command=["drain", "--loop"], name="wrong")
    # One that is ahead takes what the others hold for lapsed. Their answers come and end the doubt.
    trial.until(lambda counts: not {"queued", "sending"} & counts.keys())
    trial.wait(lambda: trial.provider.requests == len(trial.provider.mails))
    trial.until(lambda counts: counts["sent"] == LETTERS)
    assert len(trial.provider.mails) == LETTERS


def test_a_cluster_that_is_behind_leaves_what_it_takes_for_the_future_to_others(trial: Trial) -> None:
    trial.post(LETTERS)
    trial.provider.delay = 0.05
    trial.dying("never", "--hours", "-2", command=["qcluster"], name="behind")
    trial.dying("never", "--hours", "2", command=["qcluster"], name="ahead")
    trial.loop("right")
    trial.until_all_sent()
    assert len(trial.provider.mails) == LETTERS
