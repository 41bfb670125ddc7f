from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("advocacy", "0013_lowering"),
    ]

    operations = [
        migrations.AddField(
            model_name="officeset",
            name="discarded",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="officeset",
            name="name",
            field=models.CharField(max_length=80),
        ),
        migrations.AddConstraint(
            model_name="officeset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("discarded", False)), fields=("name",), name="set_name_once"
            ),
        ),
    ]
