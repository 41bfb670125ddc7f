"""DOOR. Owns the question whether this database is the one that may send, or a copy of it: a restored backup, a clone.

The promise: a database that this host has not sent from, or that is older than this host remembers, sends nothing until
a person says so; and what it held by then goes nowhere by itself, because the other one may have sent it. A host
remembers in ``VAR_DIR/instance``: the uid of its database, how far that had come, and where the host itself was. Argued
in docs/decisions/0007-a-copy-does-not-send.md, with what this does not see.
"""

import hashlib
import logging
import os
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps as all_apps
from django.apps.registry import Apps
from django.conf import settings
from django.core import checks
from django.db import DatabaseError
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from mailings import states
from mailings.models import Instance, Message
from mailings.models.message import HeldFor, Kind, Status
from mailings.models.mode import Mode

log = logging.getLogger(__name__)

#: A person's word opens a new era: every host that has not heard it is behind, and every older backup as well.
ERA = 1_000_000
BATCH = 500
MACHINE_ID = Path("/etc/machine-id")
HOW = "If that is right, manage.py confirm_instance says so; docs/decisions/0007 tells what it does."
#: What may have left from the other one: it was in line, or would have been after a pause.
IN_QUESTION = Q(status__in=[Status.QUEUED, Status.SENDING, Status.IN_DOUBT]) | Q(
    status=Status.HELD, held_for__in=[HeldFor.PAUSE, HeldFor.ADDRESS]
)


class NothingToConfirmError(Exception):
    """Nothing is wrong, so that a confirmation would only put letters in doubt."""


class CannotJoinError(Exception):
    """This host must not simply join. Its words say why, and what to do."""


@dataclass(frozen=True)
class Memory:
    """What this host remembers."""

    uid: uuid.UUID
    generation: int
    place: str


def ensure(apps: Apps = all_apps, **kwargs: Any) -> None:
    """Give the database its one row. Runs after every migrate; doing it twice changes nothing."""
    try:
        model = apps.get_model("mailings", "Instance")
    except LookupError:  # Migrated back to before there was such a table.
        return
    model.objects.get_or_create(pk=1, defaults={"uid": settings.INSTANCE_ID or uuid.uuid4()})


def stranger() -> str:
    """Why nothing may leave, asked before anything does. The first to ask of a new database makes it this host's own.

    Returns:
        A sentence or two for staff; "" where all is well, and always in the sandbox, which sends nothing anyway.
    """
    if settings.MAIL_MODE == Mode.SANDBOX:
        return ""
    row = _row()
    return _why(row) or _begin(row)


def reason_to_pause() -> str:
    """The same for a page that only looks: nothing is written."""
    row = None if settings.MAIL_MODE == Mode.SANDBOX else Instance.objects.filter(pk=1).first()
    return _why(row) if row else ""


def keep() -> None:
    """Once a minute: let the database's generation rise, and remember it. A stranger keeps nothing, in no mode."""
    row = _row()
    if _why(row) or _begin(row):
        return
    Instance.objects.filter(pk=1, uid=row.uid).update(generation=F("generation") + 1)
    row.refresh_from_db()
    try:
        _remember(row)
    except OSError as error:
        log.warning("How far this database has come could not be remembered: %s", error)


def confirm(*, by: str, note: str) -> int:
    """Make this database the one that sends, by a person's word. It gets a new uid, or the one in INSTANCE_ID.

    Letters that may have left from the other one are put in doubt first: they wait for a person, and are settled by
    nothing but proof that they left. Killed in the middle, it has to be done again, and that is harmless.

    Args:
        by: who says so.
        note: why, kept in the story of each letter.
    Returns:
        How many letters are in doubt by that.
    Raises:
        NothingToConfirmError: where this database may send already.
        OSError: where this host cannot remember it.
    """
    row = _row()
    if not _why(row):
        raise NothingToConfirmError
    count = _put_in_doubt(by, note)
    memory = _remembered_or_none()
    row.uid = settings.INSTANCE_ID or uuid.uuid4()
    row.generation = max(row.generation, memory.generation if memory else 0) + ERA
    row.save()
    _remember(row)
    log.warning("%s confirmed that this database is the one that sends: %s", by, note)
    return count


def letters_in_question() -> int:
    """How many letters ``confirm`` would put in doubt."""
    return _in_question().count()


def join() -> None:
    """Let this host work for the database as one more, or from a new place. Nothing is put in doubt.

    Raises:
        CannotJoinError: where the database itself is the stranger: no host can vouch for it by joining.
        OSError: where this host cannot remember it.
    """
    row, memory = _row(), _remembered_or_none()
    if settings.INSTANCE_ID and row.uid != settings.INSTANCE_ID:
        raise CannotJoinError(f"INSTANCE_ID names another database. Set it to {row.uid}, or leave it empty.")
    if memory and memory.uid == row.uid and memory.generation > row.generation:
        raise CannotJoinError("This database was restored from a backup. Confirm it without --join.")
    _remember(row)


def uid() -> uuid.UUID:
    """The uid of this database, which INSTANCE_ID has to name on every host where it is set."""
    return _row().uid


def check_instance(databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Have ``migrate`` and ``check --database default`` say that sending pauses, and why."""
    try:
        why = reason_to_pause() if databases else ""
    except DatabaseError:  # Not migrated yet.
        return []
    return [checks.Warning(f"Nothing is sent. {why}", id="appeal.W140")] if why else []


def _row() -> Instance:
    return Instance.objects.get_or_create(pk=1, defaults={"uid": settings.INSTANCE_ID or uuid.uuid4()})[0]


def _why(row: Instance) -> str:
    """The reason to pause; "" where there is none."""
    try:
        memory = _remembered()
    except (OSError, ValueError) as error:
        return f"{_path()} cannot be read ({error}). It says which database this machine sends from. {HOW}"
    named = settings.INSTANCE_ID
    if named and named != row.uid:
        return f"INSTANCE_ID names another database than this one: this may be a copy. {HOW}"
    if memory is None or (named and memory.uid != named):
        known = named or row.generation == 0
        return "" if known else f"Letters left from this database elsewhere; here it is new, and may be a copy. {HOW}"
    if memory.uid != row.uid:
        return f"This machine sends from another database; this one may be a copy. {HOW}"
    if memory.place != _place():
        return f"{_path()} was written in another place: this may be a copy of a whole folder. {HOW}"
    if memory.generation > row.generation:
        return f"This database is older than this machine remembers it: it was restored from a backup. {HOW}"
    return ""


def _begin(row: Instance) -> str:
    """Make a database that nobody has sent from this host's own, before the first letter leaves.

    The file comes first: killed in between, a file that is behind is right. Returns why it could not be done.
    """
    if row.generation:
        return ""
    try:
        _remember(row)
    except OSError as error:
        if not settings.INSTANCE_ID:
            return f"{_path()} cannot be written ({error}). Let this user write there, or set INSTANCE_ID."
        log.warning("This machine cannot remember how far its database has come: %s", error)
    Instance.objects.filter(pk=1, generation=0).update(generation=1)
    return ""


def _in_question() -> QuerySet[Message]:
    return Message.objects.filter(IN_QUESTION, kind=Kind.LETTER).exclude(mode=Mode.SANDBOX)


def _put_in_doubt(by: str, note: str) -> int:
    """Every letter that may have left from the other one. No hand-over of ours began at its ``doubted_at``, now."""
    ids = list(_in_question().values_list("pk", flat=True))
    now = timezone.now()
    extra = {"doubted_at": now, "looked_at": None, "noes": 0, "due": now}
    text = f"This database was confirmed as the one that sends. The letter may have left from the other one. {note}"
    old = {Status.QUEUED, Status.SENDING, Status.IN_DOUBT, Status.HELD}
    count = 0
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        count += len(states.move(part, old, Status.IN_DOUBT, by=by, note=text, extra=extra))
        # Most likely its carrier. Nothing but proof that it left is taken from there.
        unnamed = Message.objects.filter(pk__in=part, status=Status.IN_DOUBT, provider="")
        unnamed.update(provider=settings.MAIL_PROVIDER)
    return count


def _path() -> Path:
    return Path(settings.VAR_DIR) / "instance"


def _place() -> str:
    """Where this host is: its machine and folder. A copied folder is elsewhere, though its file says the same."""
    machine = MACHINE_ID.read_text(encoding="ascii", errors="replace").strip() if MACHINE_ID.is_file() else ""
    return hashlib.sha256(f"{machine}\n{Path(settings.VAR_DIR).resolve()}".encode()).hexdigest()[:16]


def _remembered() -> Memory | None:
    """What the file says; None where there is none. Raises OSError or ValueError where that cannot be told."""
    try:
        uid, generation, place = _path().read_text(encoding="ascii").split()
    except FileNotFoundError:
        return None
    return Memory(uuid.UUID(uid), int(generation), place)


def _remembered_or_none() -> Memory | None:
    try:
        return _remembered()
    except (OSError, ValueError):
        return None


def _remember(row: Instance) -> None:
    """Write the file anew: whole and durable, or not at all."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with draft.open("x", encoding="ascii") as file:
            file.write(f"{row.uid} {row.generation} {_place()}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
