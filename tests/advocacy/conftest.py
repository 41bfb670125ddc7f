"""Owns what the tests of advocacy share: the demo campaign, published."""

import pytest

from advocacy import reading, updates
from advocacy.models import Update
from tests.advocacy.making import DEMO


@pytest.fixture
def update(db: None) -> Update:
    """The live update of the demo campaign: loaded and published on the road that a campaigner takes."""
    text = DEMO.read_text(encoding="utf-8")
    drafted = updates.draft(reading.read(text), text)
    updates.publish(drafted, by="a test")
    return drafted
