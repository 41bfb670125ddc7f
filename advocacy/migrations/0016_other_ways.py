"""Adds the count of letters that people sent without our server."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("advocacy", "0015_corrections"),
    ]

    operations = [
        migrations.CreateModel(
            name="SpentSlip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slip", models.CharField(max_length=40)),
                ("spent_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("slip",), name="spent_slip_once")],
            },
        ),
        migrations.CreateModel(
            name="SentElsewhere",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "way",
                    models.CharField(
                        choices=[("email", "By email"), ("post", "By post"), ("fax", "By fax")], max_length=5
                    ),
                ),
                ("day", models.DateField()),
                ("mode", models.CharField(max_length=8)),
                ("number", models.PositiveIntegerField(default=0)),
                (
                    "update",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sent_elsewhere",
                        to="advocacy.update",
                    ),
                ),
            ],
            options={
                "ordering": ("-day", "way"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("update", "way", "day", "mode"), name="sent_elsewhere_once_per_update_way_and_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("way__in", ["email", "post", "fax"])), name="sent_elsewhere_way_known"
                    ),
                ],
            },
        ),
    ]
