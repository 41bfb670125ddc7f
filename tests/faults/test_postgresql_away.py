"""Rows 11 to 14 and 37: PostgreSQL is stopped, frozen, cut off or in a knot while letters are on their way."""

import time

import psycopg
import pytest

from tests.faults.trial import Trial, on_postgresql

pytestmark = [pytest.mark.e2e, on_postgresql]

WAITS = "The database does not answer"
FLYING = 8
LETTERS = 120


def all_on_their_way(trial: Trial, count: int = FLYING) -> None:
    """Put letters in line, and wait until the provider has every one and keeps its sender waiting."""
    trial.provider.answers.clear()
    trial.post(count)
    trial.loop()
    trial.wait(lambda: len(trial.provider.mails) == count)


def no_doubt_ever(trial: Trial) -> None:
    """Nothing in any story says that somebody did not know."""
    assert trial.site.rows("SELECT DISTINCT status FROM mailings_step") == [("sent",)]


def test_stopped_at_once_and_back_after_a_while(trial: Trial) -> None:
    trial.post(LETTERS)
    trial.provider.delay = 0.1
    loop = trial.loop(processes=2)
    for part in (LETTERS // 5, LETTERS // 2):
        trial.offered(part)
        trial.database.stop_at_once()
        time.sleep(2)
        trial.database.start()
    trial.until_all_sent()
    assert WAITS in loop.words()
    assert len(trial.provider.mails) == LETTERS
    no_doubt_ever(trial)


def test_stopped_under_a_cluster_of_django_q(trial: Trial) -> None:
    trial.post(LETTERS)
    trial.provider.delay = 0.1
    trial.start("worker", "qcluster")
    trial.offered(LETTERS // 4)
    trial.database.stop_at_once()
    time.sleep(2)
    trial.database.start()
    # Its own processes die of it and are born again; what they had in hand is settled when its lease is over.
    trial.loop()
    trial.until(lambda counts: trial.lapse() is not None and not {"queued", "sending"} & counts.keys())
    trial.settle_by_reports()
    assert trial.counts()["sent"] == len(trial.provider.mails)


def test_away_when_the_answers_come(trial: Trial) -> None:
    all_on_their_way(trial)
    trial.database.stop_at_once()
    trial.provider.answers.set()
    trial.wait(lambda: WAITS in trial.logs())
    trial.database.start()
    trial.until_all_sent()
    no_doubt_ever(trial)


def test_frozen_when_the_answers_come(trial: Trial) -> None:
    all_on_their_way(trial)
    trial.database.freeze()
    trial.provider.answers.set()
    time.sleep(2)
    trial.database.thaw()
    trial.until_all_sent()
    no_doubt_ever(trial)


def test_away_when_the_answers_come_and_their_worker_killed_before_it_is_back(trial: Trial) -> None:
    all_on_their_way(trial)
    trial.database.stop_at_once()
    trial.provider.answers.set()
    trial.wait(lambda: WAITS in trial.logs())
    trial.kill("drain")
    trial.database.start()
    assert trial.counts() == {"sending": FLYING}
    trial.lapse()
    trial.drain()
    assert trial.counts() == {"in_doubt": FLYING}
    trial.settle_by_reports()
    assert trial.counts() == {"sent": FLYING}


def test_connections_cut_by_the_server(trial: Trial) -> None:
    trial.post(LETTERS)
    trial.provider.delay = 0.1
    trial.loop(processes=2)
    cut = 0
    for part in range(1, 9):
        trial.offered(LETTERS * part // 10)
        cut += trial.database.cut_connections(trial.database_name)
    assert cut >= 8
    trial.until_all_sent()
    assert len(trial.provider.mails) == LETTERS
    no_doubt_ever(trial)


def test_a_knot_of_two_transactions_is_untied_and_done_again(trial: Trial) -> None:
    """Two who take the same rows in reverse order: PostgreSQL ends one of them, and it is our record."""

    def knots() -> int:
        ask = f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{trial.database_name}'"
        return int(trial.site.rows(ask)[0][0])

    blocked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    before = knots()
    trial.provider.answers.clear()
    trial.loop()
    for number in range(FLYING):
        trial.provider.answers.clear()
        letters = trial.post(FLYING)
        trial.wait(lambda: len(trial.provider.mails) == trial.posted)
        last = letters.pop(-1 - number)
        lock = "SELECT id FROM mailings_message WHERE uid = ANY(%s::uuid[]) FOR UPDATE"
        with psycopg.connect(trial.site.database_url) as other:
            other.execute("SET deadlock_timeout = '1min'")  # so that the other one finds it
            other.execute(lock, [[last]])
            trial.provider.answers.set()
            trial.wait(lambda: trial.site.rows(blocked) != [(0,)])
            other.execute(lock, [letters])  # Those that are written down with the last one are locked for it.
        trial.until_all_sent()
        if knots() > before:
            break
    assert knots() > before, "nobody was caught in a knot"
    assert len(trial.provider.mails) == trial.posted
    no_doubt_ever(trial)


def test_a_report_while_it_is_away_is_told_again_and_applied_later(trial: Trial) -> None:
    trial.post(1)
    trial.drain()
    (mail,) = trial.provider.mails
    reports = trial.provider.reports
    trial.database.stop_at_once()
    assert {reports.post(body) for body in reports.bodies(mail)} == {500}
    trial.database.start()
    assert trial.site.rows("SELECT count(*) FROM mailings_event") == [(0,)]
    trial.report([mail])
    assert trial.site.rows("SELECT DISTINCT status FROM mailings_recipient") == [("delivered",)]
