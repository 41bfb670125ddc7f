"""Gives letters that already wait their lane. Apart from 0003: PostgreSQL alters no table whose rows just changed."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def give_lanes(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Letters that wait already get the lane of the first office they go to; what was reported has taken effect."""
    messages, lanes, events = (apps.get_model("mailings", name).objects for name in ("Message", "Lane", "Event"))
    events.filter(applied_at=None).update(applied_at=models.F("received_at"))
    waiting = messages.filter(kind="letter", status__in=["held", "queued", "failed", "in_doubt"], lane=None)
    for row in waiting.iterator():
        to = row.recipients.filter(role="to").order_by("pk").first()
        if to is not None:
            domain = to.address.rpartition("@")[2].lower()
            lane, _ = lanes.get_or_create(domain=domain, mode=row.mode)
            messages.filter(pk=row.pk).update(lane=lane)


class Migration(migrations.Migration):
    dependencies = [("mailings", "0003_engine")]

    operations = [migrations.RunPython(give_lanes, migrations.RunPython.noop, elidable=True)]
