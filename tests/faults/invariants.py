"""Owns what must be true of an installation and its provider after every fault, whatever it was."""

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from mailings.models.message import Status
from tests.provider import Provider

#: States in which the provider cannot have a copy, unless a person has asked for a second one.
NOT_LEFT = frozenset({Status.HELD, Status.QUEUED, Status.FAILED, Status.CANCELLED})
#: What the story of a message must end with, where it has one. Its claim is no line of it.
TOLD = frozenset({Status.SENT, Status.IN_DOUBT, Status.FAILED, Status.CANCELLED})


class Asked(Protocol):
    """An installation, as far as it is looked at."""

    provider: Provider

    def rows(self, question: str) -> list[tuple[Any, ...]]: ...


def alive(owner: str) -> bool:
    """Whether the worker of this name (host-pid-token, on this very machine) still runs."""
    try:
        state = Path(f"/proc/{owner.rsplit('-', 2)[1]}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in {"Z", "X"}


def hold(site: Asked, posted: int, *, twice: Collection[str] = ()) -> None:
    """Look at every row, and at everything that the provider took.

    Args:
        site: nobody has to be stopped: what is ``sending`` may be so while its worker lives.
        posted: how many messages were put into the outbox.
        twice: uids (hex) of which a second copy was asked for by a person, or which bear the one remaining risk.
    Raises:
        AssertionError: with the ids in question.
    """
    rows = {
        UUID(str(uid)).hex: (pk, status, owner)
        for pk, uid, status, owner in site.rows("SELECT id, uid, status, owner FROM mailings_message")
    }
    copies = Counter(mail.metadata["m"] for mail in site.provider.mails)

    # Every message that was accepted is still there, in one known state.
    assert len(rows) == posted, f"{posted} were accepted and {len(rows)} are there"
    assert sum(Counter(status for _, status, _ in rows.values()).values()) == posted
    assert {status for _, status, _ in rows.values()} <= set(Status.values)

    # The provider holds at most one copy of each, and none that we know nothing of.
    assert not {uid for uid, number in copies.items() if number > 1} - set(twice), "doubled"
    assert copies.keys() <= rows.keys(), "the provider has a copy without a row"
    by_status = {status: {uid for uid, row in rows.items() if row[1] == status} for status in Status.values}
    assert by_status[Status.SENT] <= copies.keys(), "called sent, and the provider has nothing"
    for status in NOT_LEFT:
        assert not (by_status[status] & copies.keys()) - set(twice), f"{status}, and the provider has a copy"

    # Nobody is waited for who will not come back.
    orphans = {uid for uid in by_status[Status.SENDING] if not alive(rows[uid][2])}
    assert not orphans, f"sending, by nobody: {sorted(orphans)}"
    _stories(site)
    _recipients(site, len(rows))


def _stories(site: Asked) -> None:
    """Every line of a story belongs to a message, and says last what its message is."""
    stray = site.rows(
        "SELECT count(*) FROM mailings_step s LEFT JOIN mailings_message m ON m.id = s.message_id WHERE m.id IS NULL"
    )
    assert stray == [(0,)], "a story without its message"
    ends = site.rows(
        "SELECT m.id, m.status, s.status FROM mailings_message m JOIN mailings_step s ON s.message_id = m.id"
        " WHERE s.id = (SELECT max(id) FROM mailings_step WHERE message_id = m.id)"
    )
    told = {pk: last for pk, _, last in ends}
    assert not [row for row in ends if row[1] in TOLD and row[1] != row[2]], "a story that ends otherwise"
    silent = [
        pk for pk, status in site.rows("SELECT id, status FROM mailings_message") if status in TOLD and pk not in told
    ]
    assert not silent, "no story of how it came to this"


def _recipients(site: Asked, messages: int) -> None:
    """Every message has its words and its addresses; a word of the provider's stands only where it left."""
    complete = site.rows(
        "SELECT count(*) FROM mailings_message m JOIN mailings_content c ON c.message_id = m.id"
        " WHERE EXISTS (SELECT 1 FROM mailings_recipient r WHERE r.message_id = m.id AND r.role = 'to')"
    )
    assert complete == [(messages,)], "a message without its words or addresses"
    said = Counter(
        {
            (status, word): number
            for status, word, number in site.rows(
                "SELECT m.status, r.status, count(*) FROM mailings_message m"
                " JOIN mailings_recipient r ON r.message_id = m.id GROUP BY m.status, r.status"
            )
        }
    )
    assert [(said.total(),)] == site.rows("SELECT count(*) FROM mailings_recipient")
    assert said[Status.SENT, "unknown"] == 0, "handed over, and an address does not know"
    early = {key for key in said if key[0] in NOT_LEFT and key[1] not in {"unknown", "suppressed"}}
    assert not early, f"a word on what did not leave: {early}"
