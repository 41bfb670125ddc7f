"""A campaign at raised risk lets its letters leave at moments drawn by chance."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("advocacy", "0002_published_updates_are_frozen"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="random_delay_hours",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="For cases in which the time of sending could tell who wrote. 0 lets letters leave at once.",
                verbose_name="letters leave within so many hours, by chance",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("random_delay_hours__lte", 72)), name="campaign_delay_is_bounded"
            ),
        ),
    ]
