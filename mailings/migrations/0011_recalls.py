"""Adds recalls: single letters that must not leave as they are. A web server of an older version makes none."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0010_refusals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("why", models.CharField(max_length=12)),
                (
                    "message",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recalls",
                        to="mailings.message",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("message", "why"), name="recall_once_per_reason")],
            },
        ),
    ]
