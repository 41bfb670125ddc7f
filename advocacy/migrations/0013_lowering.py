"""Adds an answer for letters that wait: a campaign lets out less than before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("advocacy", "0012_translations"),
    ]

    operations = [
        migrations.AlterField(
            model_name="changeover",
            name="answer",
            field=models.CharField(
                choices=[
                    ("go", "Let them go as they are"),
                    ("anew", "Write them anew"),
                    ("ask", "Ask each supporter again"),
                    ("cancel", "Withdraw them"),
                    ("less", "Show no more of their writers than the campaign lets out"),
                ],
                max_length=8,
            ),
        ),
    ]
