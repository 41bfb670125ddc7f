"""What is counted of refusals: in a row by a provider for good, of one message for now; and letters without a lane.

With defaults in the database too: a web server of an older version goes on writing rows.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0009_hosts"),
    ]

    operations = [
        migrations.AddField(
            model_name="transport",
            name="refusals",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="message",
            name="put_off",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("lane__isnull", True), ("rank", 1), ("status", "queued")),
                name="message_without_lane",
            ),
        ),
    ]
