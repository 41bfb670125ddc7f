"""A letter is bound to the mode it was written in: what was written in the sandbox never leaves in live mode."""

import re
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.provider import Provider
from tests.story import CAMPAIGN, LENA, PRESIDENT, the_link_in

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_what_was_written_in_the_sandbox_never_leaves_in_live_mode(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    postgres = request.getfixturevalue("postgres_url") if database == "PostgreSQL" else ""
    with Provider() as provider, Installation(tmp_path, provider, postgres=postgres, mode="sandbox") as site:
        site.load_demo()
        site.start("web")
        visitor = site.visitor()

        # In the sandbox somebody writes and gets a link in the sandbox mailbox; three letters are in line to leave.
        visitor.press(visitor.get(CAMPAIGN), "Send my letter", **LENA)
        site.manage("drain")
        (mail,) = visitor.session.get(f"{site.url}/sandbox/messages.json", timeout=20).json()
        assert (mail["kind"], mail["mode"], mail["to"]) == ("confirmation", "sandbox", [LENA["email"]])
        link = re.findall(r"http\S+/confirm/", mail["text"])[0]
        site.manage("make_letters", "3", "--campaign", "ua-61-21")

        # The installation goes live. What is in line stays; the link says that it was a rehearsal.
        site.stop_all()
        site.mode = "live"
        site.start("web")
        site.manage("drain")
        assert "This letter was a rehearsal" in visitor.get(link).text
        pressed = visitor.ask("POST", link, {"do": "confirm", "version": "1"})
        assert (pressed.status, "This letter was a rehearsal" in pressed.text) == (409, True)
        site.manage("drain")
        assert provider.mails == []
        assert visitor.get("/sandbox/").status == 404
        assert visitor.get("/sandbox/messages.json").status == 404

        # The same person may write in earnest: that letter leaves.
        visitor.press(visitor.get(CAMPAIGN), "Send my letter", **LENA)
        site.manage("drain")
        (confirmation,) = provider.wait_for(1, LENA["email"])
        visitor.press(visitor.get(the_link_in(confirmation, site, "/confirm/")), "Confirm and send")
        site.manage("drain")
        # Copy and letter leave side by side, so either may be first.
        assert sorted(sent.to for sent in provider.mails) == sorted([[LENA["email"]], [LENA["email"]], [PRESIDENT]])
