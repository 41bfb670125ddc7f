"""Owns a small Amazon SQS on loopback: one queue, in the words of its JSON protocol that Django Q2 uses."""

import hashlib
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from tests.provider.small import Asked, Said, SmallServer

#: By this header older clients still get the older name of a fault, which Django Q2 looks for.
NO_SUCH_QUEUE = {"x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"}


class Sqs(SmallServer):
    """Use it with ``with``. ``regions`` are those that requests were signed for."""

    def __init__(self) -> None:
        super().__init__(self._say)
        self.regions: set[str] = set()
        self.sent = 0
        self._made = False
        self._bodies: dict[str, str] = {}
        self._hidden_until: dict[str, float] = {}
        self._change = threading.Condition()

    @staticmethod
    def environment_at(url: str) -> dict[str, str]:
        """What makes Amazon's client come to this address, with keys that open nothing."""
        return {
            "AWS_ENDPOINT_URL_SQS": url,
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @property
    def waiting(self) -> int:
        """How many messages were sent and not deleted."""
        with self._change:
            return len(self._bodies)

    def _say(self, asked: Asked) -> Said:
        self.regions.add(asked.headers["Authorization"].split("Credential=")[1].split("/")[2])
        act = asked.headers["X-Amz-Target"].removeprefix("AmazonSQS.")
        acts: dict[str, Callable[[dict[str, Any]], Said]] = {
            "GetQueueUrl": self._url,
            "CreateQueue": self._create,
            "SendMessage": self._send,
            "ReceiveMessage": self._receive,
            "DeleteMessage": self._delete,
        }
        with self._change:
            return acts[act](asked.fields)

    def _url(self, fields: dict[str, Any]) -> Said:
        if not self._made:
            fault = {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "There is no such queue."}
            return Said(400, fault, NO_SUCH_QUEUE)
        return Said(200, {"QueueUrl": f"{self.url}/000000000000/{fields['QueueName']}"})

    def _create(self, fields: dict[str, Any]) -> Said:
        self._made = True
        return self._url(fields)

    def _send(self, fields: dict[str, Any]) -> Said:
        handle, body = str(uuid.uuid4()), str(fields["MessageBody"])
        self._bodies[handle] = body
        self.sent += 1
        self._change.notify_all()
        return Said(200, {"MessageId": handle, "MD5OfMessageBody": _digest(body)})

    def _receive(self, fields: dict[str, Any]) -> Said:
        self._change.wait_for(self._visible, timeout=float(fields.get("WaitTimeSeconds", 0)))
        taken = self._visible()[: int(fields["MaxNumberOfMessages"])]
        for handle in taken:
            self._hidden_until[handle] = time.monotonic() + float(fields["VisibilityTimeout"])
        return Said(
            200,
            {
                "Messages": [
                    {
                        "MessageId": handle,
                        "ReceiptHandle": handle,
                        "Body": self._bodies[handle],
                        "MD5OfBody": _digest(self._bodies[handle]),
                    }
                    for handle in taken
                ]
            },
        )

    def _delete(self, fields: dict[str, Any]) -> Said:
        self._bodies.pop(fields["ReceiptHandle"], None)
        return Said(200, {})

    def _visible(self) -> list[str]:
        now = time.monotonic()
        return [handle for handle in self._bodies if self._hidden_until.get(handle, 0.0) <= now]


def _digest(body: str) -> str:
    return hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
