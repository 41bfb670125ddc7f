"""A message that cannot be made into a mail fails by itself; the others leave."""

import pytest

from mailings import provider
from mailings.models import Message, Recipient
from mailings.parcel import Parcel
from tests.mailings.making import drained, post, status_of

pytestmark = pytest.mark.django_db


def test_a_head_that_was_frozen_before_it_was_refused(db: None) -> None:
    bad, good = post(), post()
    content = bad.content
    content.sender_name = "=?utf-8?q?=0D=0ABcc:x?="
    content.save()
    recipients = [(r.role, r.address, r.name) for r in Recipient.objects.filter(message=bad)]
    Message.objects.filter(pk=bad.pk).update(digest=content.compute_digest(recipients))
    drained()
    assert (status_of(bad), status_of(good)) == ("failed", "sent")


def test_a_message_that_cannot_be_built(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = post(), post()
    build = provider.build

    def fragile(parcel: Parcel) -> object:
        if parcel.uid_hex == bad.uid.hex:
            raise LookupError("no such part")
        return build(parcel)

    monkeypatch.setattr(provider, "build", fragile)
    drained()
    bad.refresh_from_db()
    assert (bad.status, status_of(good)) == ("failed", "sent")
    assert "could not be made into a mail" in bad.answer
