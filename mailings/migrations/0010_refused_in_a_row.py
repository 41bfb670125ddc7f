"""How many letters in a row a provider refused for good. With a default in the database, for workers of before."""

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
    ]
