"""Tests of what an approver sees: the document beside what is to be ticked, and no way that ends in a refusal."""

import re
from typing import Any

import pytest
from django.test import Client

from advocacy import approvals, desk_sources, drafts, publishing
from advocacy.access import Role
from advocacy.models import Update
from tests.advocacy.making import PRESIDENT, at_the_desk, later_text, ticks
from tests.advocacy.test_book import well_formed

NEW_ADDRESS = "president@example.org"


@pytest.fixture
def asked(update: Update) -> Update:
    """A draft with another address and count, for which Ada asks approval."""
    text = later_text().replace(PRESIDENT, NEW_ADDRESS)
    draft, _ = drafts.begin(text, update.campaign, over=False, by="Ada")
    publishing.ask(draft, approvals.digest_of(draft), by="Ada")
    return draft


@pytest.fixture
def approver(client: Client, update: Update) -> Client:
    """The browser of somebody who approves on this campaign, and nothing else."""
    client.force_login(at_the_desk("ben", Role.APPROVER, campaigns=[update.campaign]))
    return client


def page(answer: Any) -> str:
    return str(answer.content.decode())


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def test_the_document_stands_beside_what_an_approver_ticks(approver: Client, asked: Update) -> None:
    answer = approver.get(f"/desk/updates/{asked.pk}/preview/")
    shown = page(answer)
    assert shown.count('<li id="L') == len(asked.source_text.rstrip().splitlines())
    rows = {row.difference.label: row for row in answer.context["comparison"].alarms}
    number = line_of(asked.source_text, NEW_ADDRESS)
    assert rows["To: Xi Jinping, email address"].lines == (number,)
    assert f'In the document: <a href="#L{number}">Line {number}</a>' in shown
    counted = rows["Numbers of people"].lines
    assert counted
    assert "Sixty" in asked.source_text.splitlines()[counted[0] - 1]
    kept = dict(answer.context["addresses"])
    assert all(lines for row, lines in kept.items() if row.email), "the addresses that stay have their lines too"


def test_an_address_that_the_document_does_not_have_is_told(approver: Client, asked: Update) -> None:
    asked.targets.filter(position=1).update(email="other@example.org")
    assert "The document has it on no line" in page(approver.get(f"/desk/updates/{asked.pk}/preview/"))


def test_no_way_on_the_page_ends_in_a_refusal(approver: Client, asked: Update) -> None:
    where = f"/desk/updates/{asked.pk}/preview/"
    shown = approver.get(where)
    pages = [shown, approver.get(f"/desk/updates/{asked.campaign.live_update_id}/preview/")]
    sent = {"do": "approve", "compared": "1", "shown": shown.context["shown"], **ticks(shown)}
    pages.append(approver.post(where, sent, follow=True))
    assert "is approved as it stands" in page(pages[-1])
    Update.objects.filter(pk=asked.pk).update(title="")
    pages.append(approver.get(where))
    assert "What still stands in its way" in page(pages[-1])
    found = {one for shown in pages for one in re.findall(r'href="(/desk/[^"#?]*)', page(shown))}
    assert found
    assert {one: approver.get(one).status_code for one in found if approver.get(one).status_code != 200} == {}


def test_a_correction_shows_the_text_of_the_document_that_it_corrects(update: Update) -> None:
    same = drafts.begin_from_live(update.campaign, offices=drafts.targets_of(update))
    found = desk_sources.document(same)
    assert found.whose == "Update 1"
    assert [line.text for line in found.lines] == update.source_text.rstrip().splitlines()
    other = drafts.begin_from_live(update.campaign)
    assert desk_sources.document(other).lines == ()


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("one@example.org", (2,)),
        ("two three", (3,)),
        ("example.org", ()),
        ("three people\nFour", (4, 5)),
        ("155", (6,)),
        ("", ()),
    ],
)
def test_words_are_found_on_their_lines_and_not_within_longer_ones(words: str, lines: tuple[int, ...]) -> None:
    text = "not.one@example.org\none@example.org\ntwo\nthree people\nfour\n共155名"
    found = desk_sources.Document([desk_sources.Line(n, line) for n, line in enumerate(text.split("\n"), 1)])
    assert found.where(words) == lines


# --- what is ticked stays ticked -------------------------------------------------------------------------------------


def test_another_sample_supporter_keeps_what_is_ticked(approver: Client, asked: Update) -> None:
    where = f"/desk/updates/{asked.pk}/preview/"
    shown = approver.get(where)
    assert 'name="sample" value="chinese"' in well_formed(shown)
    first = next(iter(ticks(shown)))
    sent = {"shown": shown.context["shown"], "compared": "1", first: "1", "sample": "chinese", "level": "full"}
    answer = approver.post(where, sent)
    assert answer.status_code == 200
    told = well_formed(answer)
    assert "歐陽志明" in told
    assert "Error" not in told
    rows = {row.difference.key: row.ticked for row in answer.context["comparison"].alarms}
    assert [key for key, ticked in rows.items() if ticked] == [first.removeprefix("alarm-")]
    assert 'name="compared" value="1" checked' in told
    assert asked.approvals.get().state == "asked"


def test_ticks_of_another_text_are_not_kept(approver: Client, asked: Update) -> None:
    shown = approver.get(f"/desk/updates/{asked.pk}/preview/")
    sent = {**ticks(shown), "shown": "of another text", "sample": "chinese"}
    answer = approver.post(f"/desk/updates/{asked.pk}/preview/", sent)
    assert not any(row.ticked for row in answer.context["comparison"].alarms)


def test_a_changed_address_is_shown_whole_twice(approver: Client, asked: Update) -> None:
    shown = page(approver.get(f"/desk/updates/{asked.pk}/preview/"))
    for address in (PRESIDENT, NEW_ADDRESS):
        assert f'<p class="kept-lines big-addr" dir="auto">{address}</p>' in shown


def test_the_own_request_is_taken_back_in_its_own_words(client: Client, update: Update) -> None:
    client.force_login(at_the_desk("ada", Role.CAMPAIGNER, campaigns=[update.campaign]))
    draft = drafts.begin_from_live(update.campaign, by="ada")
    publishing.ask(draft, approvals.digest_of(draft), by="ada")
    where = f"/desk/updates/{draft.pk}/preview/"
    answer = client.post(where, {"do": "send_back", "back-reason": "One more word."}, follow=True)
    assert "The request for Update 2 is taken back." in page(answer)
    assert "ada took the request back" in page(answer)
    assert "is not approved" not in page(answer)
