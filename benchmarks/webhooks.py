"""Owns the measurement of the provider's reports: how fast they are stored, and when they have taken effect."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks import sites, tables
from benchmarks.bench import Bench
from benchmarks.control import Weather
from benchmarks.databases import Database
from benchmarks.engines import Appeal
from benchmarks.letters import EMBASSY, OFFICE
from benchmarks.options import Options
from benchmarks.places import OURS, SECRET
from benchmarks.programs import Watch, wait
from benchmarks.sites import AppealSite, Asked, BareSite, Site

PATH = "/anymail/postmark/tracking/"
#: How many letters are reported on for each second of asking; there are two reports of each, for To and for Cc.
LETTERS_A_SECOND = 1500
#: A worker that has not applied everything by then never will.
PATIENCE = 120.0
DELIVERED = "SELECT count(*) FROM mailings_recipient WHERE status = 'delivered'"
SENT = "SELECT uid, provider_message_id FROM mailings_message WHERE status = 'sent'"
HEAD = (
    "database", "stored/s", "bare Anymail view with one INSERT/s", "Appeal / bare", "CPU s/1000: stored",
    "of which database", "applied when stored", "applied by the drain/s",
)  # fmt: skip


@dataclass(frozen=True)
class Reported:
    """What came of reporting to Appeal."""

    stored: Asked
    #: How many had taken effect when the last was answered, and how many a second the drain applied of the others.
    at_once: int
    applied: float


def section(bench: Bench, options: Options, say: Callable[[str], None]) -> list[str]:
    """Report to both sites, as often as there are runs, and return the lines of the table."""
    rows = []
    for kind in bench.kinds:
        letters = int(LETTERS_A_SECOND * options.seconds)
        sent = _sent_letters(bench, kind, letters)
        bare = bench.database(kind)
        BareSite(sites.place(bench.folder / "bare", bare, bench.provider.url)).prepare()
        bodies = _bodies(sent)
        ours, theirs = [], []
        for run in range(options.runs):
            theirs.append(_store(bench, BareSite, bare.copy(), bodies, options.seconds))
            ours.append(_report(bench, sent.copy(), bodies, options.seconds))
            say(f"reports, {kind}, run {run + 1}: {ours[-1].stored.rate:.0f} stored/s, bare {theirs[-1].rate:.0f}/s")
        sent.drop()
        bare.drop()
        rows.append(_row(kind, ours, theirs))
    return ["", *tables.table(HEAD, rows)]


def _sent_letters(bench: Bench, kind: str, count: int) -> Database:
    """A database with so many letters that have left, for the provider to report on."""
    database = bench.filled(Appeal(), kind, count)
    place = sites.place(bench.folder / f"sent-{kind}", database, bench.provider.url)
    bench.provider.set(Weather("fine"))
    with Watch() as watch:
        for command in Appeal().commands(place, count, loop=False, again=False):
            watch.start(command, Appeal().environment(place), place.folder / "drain.log")
        wait(watch.programs, 3600.0)
    ((left,),) = database.rows("SELECT count(*) FROM mailings_message WHERE status <> 'sent'")
    if left:
        raise RuntimeError(
            f"{left} of {count} letters did not leave: {(place.folder / 'drain.log').read_text()[-2000:]}"
        )
    database.tidy()
    return database


def _bodies(sent: Database) -> list[str]:
    """Postmark's reports of delivery, one for each recipient of each letter."""
    return [
        json.dumps(
            {
                "RecordType": "Delivery",
                "MessageID": provider_id,
                "Recipient": address,
                "DeliveredAt": "2026-01-05T09:30:00Z",
                "Details": "smtp;250 2.0.0 OK: queued by their server",
                "Tag": "",
                "ServerID": 23,
                "MessageStream": "outbound",
                "Metadata": {"m": str(uid).replace("-", "")},
            }
        )
        for uid, provider_id in sent.rows(SENT)
        for address in (OFFICE, EMBASSY)
    ]


def _store(bench: Bench, made: type[Site], database: Database, bodies: list[str], seconds: float) -> Asked:
    try:
        with made(sites.place(bench.folder / "bare", database, bench.provider.url)) as site:
            return _post(site, bodies, seconds)
    finally:
        database.drop()


def _report(bench: Bench, database: Database, bodies: list[str], seconds: float) -> Reported:
    place = sites.place(bench.folder / f"web-{time.monotonic_ns()}", database, bench.provider.url)
    try:
        with AppealSite(place) as site:
            stored = _post(site, bodies, seconds)
        ((at_once,),) = database.rows(DELIVERED)
        return Reported(stored, at_once, _apply(site, stored.answers - at_once))
    finally:
        database.drop()


def _post(site: Site, bodies: list[str], seconds: float) -> Asked:
    password = base64.b64encode(SECRET.encode()).decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {password}"}
    return site.ask("POST", PATH, seconds=seconds, headers=headers, bodies=bodies)


def _apply(site: Site, waiting: int) -> float:
    """Reports that the drain loop applies a second, from its start on; 0 where none waited for it."""
    if not waiting:
        return 0.0
    ((before,),) = site.database.rows(DELIVERED)
    with Watch() as watch:
        began = time.monotonic()
        command = [OURS, "manage.py", "drain", "--processes", "1", "--loop"]
        program = watch.start(command, site.environment, site.place.folder / "drain.log")
        while True:
            time.sleep(0.1)
            ((now,),) = site.database.rows(DELIVERED)
            seconds = time.monotonic() - began
            if now - before >= waiting:
                return waiting / seconds
            if seconds > PATIENCE or not program.running:
                raise RuntimeError(
                    f"{now - before} of {waiting} reports took effect: {program.log.read_text()[-2000:]}"
                )


def _row(kind: str, ours: list[Reported], bare: list[Asked]) -> list[str]:
    rate, beside = median(one.stored.rate for one in ours), median(one.rate for one in bare)
    server = [one.stored.database_cpu for one in ours if one.stored.database_cpu is not None]
    part = median(server) if server else None
    applied = median(one.applied for one in ours)
    return [
        kind,
        tables.rate(rate),
        tables.rate(beside),
        tables.ratio(rate, beside),
        tables.seconds(median(one.stored.site_cpu for one in ours) + (part or 0)),
        tables.seconds(part),
        f"{median(one.at_once / one.stored.answers for one in ours):.0%}",
        tables.rate(applied) if applied else tables.NOTHING,
    ]
