from django.db import migrations, models


class Migration(migrations.Migration):
    """The trail knows two more acts. No column changes."""

    dependencies = [("advocacy", "0016_other_ways")]

    operations = [
        migrations.AlterField(
            model_name="act",
            name="what",
            field=models.CharField(
                choices=[
                    ("began", "began a draft"),
                    ("edited", "changed a draft"),
                    ("discarded", "threw a draft away"),
                    ("asked", "asked for approval"),
                    ("approved", "approved"),
                    ("sent_back", "did not approve"),
                    ("voided", "changed what had been shown, which ended the approval"),
                    ("scheduled", "set a time for publishing"),
                    ("unscheduled", "took the time for publishing back"),
                    ("missed", "did not publish at the set time"),
                    ("published", "published"),
                    ("went_back", "went back to an earlier update"),
                    ("letters", "decided on the letters that waited"),
                    ("settings", "changed the settings"),
                    ("deadline", "decided on the deadline"),
                    ("paused", "paused the campaign"),
                    ("resumed", "resumed the campaign"),
                    ("stopped", "stopped the campaign"),
                    ("closed", "closed the campaign"),
                    ("allowed", "let somebody into the campaign"),
                    ("disallowed", "took somebody out of the campaign"),
                    ("account", "made an account"),
                    ("password", "gave somebody a new password"),
                    ("roles", "changed somebody’s roles"),
                    ("booked", "put an office into the book"),
                    ("proposed", "asked for a change of an office"),
                    ("refused", "did not approve the change of an office"),
                    ("changed", "changed an office in the book"),
                    ("sets", "changed a set of offices"),
                    ("retired", "retired an office of the book"),
                    ("brought_back", "brought an office of the book back"),
                ],
                max_length=12,
            ),
        ),
    ]
