"""Owns the measurement of the campaign's page and its form, beside a bare page and a bare view with one INSERT."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

from benchmarks import sites, tables
from benchmarks.bench import Bench
from benchmarks.databases import Database
from benchmarks.options import Options
from benchmarks.sites import SLUG, AppealSite, Asked, BareSite, Site

TOKEN = re.compile(r'name="token" value="([^"]+)"')
OWN_WORDS = "I teach at a school in Halifax and think of the families. Please let them go home."
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
#: More than any site here can take in a second.
MOST_A_SECOND = 3000
WARM = 40
HEAD = (
    "database", "asked for", "Appeal/s", "bare Django/s", "Appeal / bare", "CPU s/1000: Appeal", "of which database",
    "bare Django", "of which database", "ms to an answer: Appeal, median", "99 of 100",
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Appeal and the bare project, asked for the same."""

    kind: str
    asked_for: str


def section(bench: Bench, options: Options, say: Callable[[str], None]) -> list[str]:
    """Ask both sites, as often as there are runs, and return the lines of the table."""
    measured: dict[Pair, dict[str, list[Asked]]] = {}
    for kind in bench.kinds:
        prepared = {made: _prepare(bench, kind, made) for made in (AppealSite, BareSite)}
        for run in range(options.runs):
            for made in list(prepared)[:: 1 if run % 2 else -1]:  # Another one first in every run.
                for pair, asked in _measure(bench, kind, made, prepared[made], options.seconds).items():
                    measured.setdefault(pair, {}).setdefault(made.name, []).append(asked)
                    say(f"{pair.asked_for}, {kind}, {made.name}, run {run + 1}: {asked.rate:.0f}/s")
        for database in prepared.values():
            database.drop()
    return ["", *tables.table(HEAD, [_row(pair, sides) for pair, sides in measured.items()])]


def _prepare(bench: Bench, kind: str, made: type[Site]) -> Database:
    database = bench.database(kind)
    made(sites.place(bench.folder / "web", database, bench.provider.url)).prepare()
    database.tidy()
    return database


def _measure(bench: Bench, kind: str, made: type[Site], prepared: Database, seconds: float) -> dict[Pair, Asked]:
    database = prepared.copy()
    try:
        with made(sites.place(bench.folder / "web", database, bench.provider.url)) as site:
            get_path, post_path, more = _paths(site)
            bodies = [_body(number, more) for number in range(WARM + int(MOST_A_SECOND * seconds))]
            site.ask("GET", get_path, seconds=min(seconds, 0.5))
            page = site.ask("GET", get_path, seconds=seconds)
            warm = site.ask("POST", post_path, seconds=seconds, headers=FORM, bodies=bodies[:WARM], status=302)
            letter = site.ask("POST", post_path, seconds=seconds, headers=FORM, bodies=bodies[WARM:], status=302)
            _check(site, warm.answers + letter.answers)
    finally:
        database.drop()
    return {Pair(kind, "GET: a page with a form"): page, Pair(kind, "POST: a letter, durable"): letter}


def _paths(site: Site) -> tuple[str, str, dict[str, str]]:
    """Where the page is, where its form goes, and what the form carries besides."""
    if isinstance(site, BareSite):
        return "/", "/insert/", {}
    found = TOKEN.search(site.get(f"/{SLUG}/"))
    if found is None:
        raise RuntimeError("The form of the campaign's page carries no token")
    return f"/{SLUG}/", f"/{SLUG}/", {"token": found[1], "do": "send", "level": "place"}


def _body(number: int, more: dict[str, str]) -> str:
    """What one supporter types; another one each time."""
    typed = {"name": "Amina Okafor", "email": f"supporter-{number}@example.org", "city": "Halifax", "country": "CA"}
    return urlencode({**typed, "own_words": OWN_WORDS, **more})


def _check(site: Site, posted: int) -> None:
    """Every letter that was answered for must be in the database, whole."""
    wanted = {"bare_row": posted} if isinstance(site, BareSite) else {"advocacy_letter": posted}
    if isinstance(site, AppealSite):
        wanted["mailings_message"] = 2 * posted  # the letter, and the mail with the link to confirm it
        wanted["mailings_content"] = 2 * posted
    for table, count in wanted.items():
        ((found,),) = site.database.rows(f"SELECT count(*) FROM {table}")
        if found != count:
            raise RuntimeError(f"{site.name} answered {posted} times, and {found} rows are in {table}, not {count}")


def _row(pair: Pair, sides: dict[str, list[Asked]]) -> list[str]:
    ours, bare = sides["Appeal"], sides["bare Django"]
    our_rate, bare_rate = (median(asked.rate for asked in side) for side in (ours, bare))
    return [
        pair.kind,
        pair.asked_for,
        tables.rate(our_rate),
        tables.rate(bare_rate),
        tables.ratio(our_rate, bare_rate),
        *_cpu(ours),
        *_cpu(bare),
        f"{median(asked.median for asked in ours):.1f}",
        f"{median(asked.p99 for asked in ours):.1f}",
    ]


def _cpu(side: list[Asked]) -> tuple[str, str]:
    """CPU seconds for 1000 answers, and the part of the database server in them."""
    server = [asked.database_cpu for asked in side if asked.database_cpu is not None]
    part = median(server) if server else None
    return tables.seconds(median(asked.site_cpu for asked in side) + (part or 0)), tables.seconds(part)
