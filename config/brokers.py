"""Owns how Django Q2 speaks to Amazon SQS: as its own broker does, and with no patience for a queue that is silent."""

import botocore.session
from boto3 import Session
from botocore.config import Config
from django_q.brokers import aws_sqs
from django_q.conf import Conf

#: Amazon's client would otherwise ask a silent queue five times, for a minute each, while a supporter waits for the
#: page. An answer may take as long as an empty queue is listened to (Q_CLUSTER in config/settings.py), and no longer.
NO_PATIENCE = Config(connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 1})


class Sqs(aws_sqs.Sqs):  # type: ignore[misc]  # Django Q2 comes without types.
    """Django Q2's broker for SQS, over a client that gives up soon. A nudge that is lost delays, and loses nothing."""

    @staticmethod
    def get_connection(list_key: str | None = None) -> Session:
        """A session of Amazon's client in our region."""
        client = botocore.session.get_session()
        client.set_default_client_config(NO_PATIENCE)
        return Session(botocore_session=client, region_name=Conf.SQS["aws_region"])
