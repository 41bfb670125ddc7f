"""The rows of the outbox, one module each."""

from mailings.models.dead_address import DeadAddress
from mailings.models.event import Event
from mailings.models.halt import Halt
from mailings.models.heartbeat import Heartbeat
from mailings.models.instance import Instance
from mailings.models.lane import Lane
from mailings.models.lane_change import LaneChange
from mailings.models.message import Content, Message
from mailings.models.recall import Recall
from mailings.models.recipient import Recipient
from mailings.models.sandbox_mail import SandboxMail
from mailings.models.sending_domain import SendingDomain
from mailings.models.step import Step
from mailings.models.suppression import Suppression
from mailings.models.transport import Transport

__all__ = [
    "Content",
    "DeadAddress",
    "Event",
    "Halt",
    "Heartbeat",
    "Instance",
    "Lane",
    "LaneChange",
    "Message",
    "Recall",
    "Recipient",
    "SandboxMail",
    "SendingDomain",
    "Step",
    "Suppression",
    "Transport",
]
