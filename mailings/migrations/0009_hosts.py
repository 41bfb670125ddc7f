"""A heartbeat for each host, with its whole name, and whether its worker was asked to end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0008_fewer_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="heartbeat",
            name="ended",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="heartbeat",
            name="name",
            field=models.CharField(max_length=80, unique=True),
        ),
    ]
