"""What pace needs of its rows, and a guess where the offices of lanes are that were made before anybody could guess."""

import django.db.models.deletion
import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from mailings.places import guess


def guess_places(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Lanes as they were made for letters that waited already get the hours that a new one would get."""
    Lane = apps.get_model("mailings", "Lane")
    for lane in Lane.objects.filter(time_zone="UTC", calendars=""):
        place = guess(lane.domain)
        if place is not None:
            Lane.objects.filter(pk=lane.pk).update(
                time_zone=place.time_zone, calendars=place.country, hours_from="name"
            )


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0005_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="LaneChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(blank=True, default="", max_length=150)),
                ("what", models.CharField(max_length=500)),
                ("why", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.AddField(
            model_name="lane",
            name="even_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="lane",
            name="watched_from",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="lane",
            name="hours_from",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Nobody: UTC, Monday to Friday"),
                    ("name", "Guessed from the country in its name"),
                    ("staff", "Set by staff"),
                ],
                default="",
                max_length=5,
            ),
        ),
        migrations.AddConstraint(
            model_name="lane",
            constraint=models.CheckConstraint(
                condition=models.Q(("hours_from__in", ["", "name", "staff"])), name="lane_hours_from_known"
            ),
        ),
        migrations.AddField(
            model_name="sendingdomain",
            name="day_own",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="lane",
            index=models.Index(
                models.F("mode"), models.F("next_at"), condition=models.Q(("paused_at__isnull", True)), name="lane_next"
            ),
        ),
        migrations.AddField(
            model_name="lanechange",
            name="lane",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="mailings.lane"
            ),
        ),
        migrations.RunPython(guess_places, migrations.RunPython.noop, elidable=True),
    ]
