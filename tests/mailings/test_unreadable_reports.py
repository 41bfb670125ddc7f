"""Tests of reports that nobody can read: they answer 400, store nothing, and no impossible date reaches a page."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from anymail.signals import AnymailTrackingEvent
from django.test import Client

from mailings import reports
from mailings.models import Event
from mailings.models.message import Status
from tests.mailings.conftest import SECRET
from tests.mailings.making import PRESIDENT, post, put
from tests.mailings.telling import hear
from tests.provider import Provider

pytestmark = pytest.mark.django_db

FAR_EAST, FAR_WEST = timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))


@pytest.mark.parametrize(
    "body",
    [
        b"garbage",
        b"[]",
        b"5",
        b"null",
        b'"x"',
        b"\xff\xfe{",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        json.dumps({"RecordType": ["x"]}).encode(),
        json.dumps({"RecordType": "Delivery", "MessageID": "1", "DeliveredAt": "2026-13-45T99:99:99Z"}).encode(),
        json.dumps({"RecordType": "Delivery", "MessageID": "1", "DeliveredAt": 5, "Metadata": "x"}).encode(),
    ],
)
def test_a_body_that_cannot_be_read_is_answered_with_400(provider: Provider, body: bytes) -> None:
    head = {"Authorization": f"Basic {b64encode(SECRET.encode()).decode()}"}
    answer = Client().post("/anymail/postmark/tracking/", body, content_type="application/json", headers=head)
    assert answer.status_code == 400
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "when",
    [
        datetime(1, 1, 1, tzinfo=FAR_EAST),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=FAR_WEST),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2099, 1, 1, tzinfo=UTC),
        "2026-01-01",
        None,
    ],
)
def test_an_impossible_date_is_no_date(when: object) -> None:
    message = put(post(), Status.SENT)
    report = {"event_type": "delivered", "timestamp": when, "recipient": PRESIDENT.email, "message_id": "1"}
    hear(AnymailTrackingEvent(**report, metadata={"m": message.uid.hex}))
    assert Event.objects.get().happened_at is None
    assert [line.state for line in reports.story(message.uid)][-1] == "delivered"
