"""Adds who wrote any word of a draft: none of them may approve it. And an answer for letters that say a name."""

from importlib import import_module

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# SQLite adds a column by making the table anew, and drops its triggers with the old one. Those of translations name
# the table of updates, so they go and come back as well.
frozen = import_module("advocacy.migrations.0002_published_updates_are_frozen")
corrections = import_module("advocacy.migrations.0015_corrections")
translations = import_module("advocacy.migrations.0012_translations")


def those_that_are_known(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Of a draft from before, whoever edited it or a translation of it last, and everybody whose edit is in the trail.

    A draft of the same number may have been thrown away before: its acts are older than this one.
    """
    act = apps.get_model("advocacy", "Act")
    for draft in apps.get_model("advocacy", "Update").objects.filter(published_at=None):
        acts = act.objects.filter(campaign=draft.campaign_id, what="edited", at__gte=draft.created_at)
        acts = acts.filter(update_number=draft.number, update_correction=draft.correction)
        names = [draft.edited_by, *draft.translations.values_list("edited_by", flat=True)]
        names += acts.order_by("pk").values_list("by", flat=True)
        draft.written_by = list(dict.fromkeys(name for name in names if name))
        draft.save(update_fields=["written_by"])


class Migration(migrations.Migration):
    dependencies = [
        ("advocacy", "0016_other_ways"),
    ]

    operations = [
        migrations.RunPython(translations.thaw, translations.freeze),
        migrations.RunPython(frozen.thaw, corrections.freeze),
        migrations.AddField(
            model_name="update",
            name="written_by",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.RunPython(those_that_are_known, migrations.RunPython.noop),
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
                    ("unsaid", "Say no name that the campaign must not say"),
                ],
                max_length=8,
            ),
        ),
        migrations.RunPython(corrections.freeze, frozen.thaw),
        migrations.RunPython(translations.freeze, translations.thaw),
    ]
