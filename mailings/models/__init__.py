"""The rows of the outbox, one module each."""

from mailings.models.event import Event
from mailings.models.halt import Halt
from mailings.models.heartbeat import Heartbeat
from mailings.models.message import Content, Message
from mailings.models.recipient import Recipient
from mailings.models.sandbox_mail import SandboxMail
from mailings.models.step import Step
from mailings.models.suppression import Suppression
from mailings.models.transport import Transport

__all__ = [
    "Content",
    "Event",
    "Halt",
    "Heartbeat",
    "Message",
    "Recipient",
    "SandboxMail",
    "Step",
    "Suppression",
    "Transport",
]
