"""Owns how many letters may leave a lane now."""

from collections.abc import Collection

from mailings.models.recipient import Delivery


def waited_for() -> bool:
    """Whether letters wait for their lane's pace at present."""
    return False


def take(room: int) -> list[int]:
    """The letters that may leave now, at most ``room``, in order. Runs in the claim's transaction."""
    return []


def heard(lane_id: int, said: Collection[Delivery], answer: str) -> None:
    """Draw what follows for a lane from what its server said of a letter."""
