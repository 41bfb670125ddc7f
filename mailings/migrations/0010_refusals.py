"""What is counted of refusals: in a row by a provider for good, and of one message for now.

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
    ]
