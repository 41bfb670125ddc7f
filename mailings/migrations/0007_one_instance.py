"""There is one instance to a database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0006_pace"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="instance",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="instance_only_one"),
        ),
    ]
