"""Lets a correction of an update keep its number: the number of the correction stands beside it, also in the trail."""

from importlib import import_module

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# SQLite adds a column by making the table anew, and drops its triggers with the old one. Those of translations name
# the table of updates, so they go and come back as well.
frozen = import_module("advocacy.migrations.0002_published_updates_are_frozen")
acts = import_module("advocacy.migrations.0006_no_act_is_ever_changed")
translations = import_module("advocacy.migrations.0012_translations")

SAME_PLACE = "u.number = NEW.number"
SQLITE = [one.replace(SAME_PLACE, f"{SAME_PLACE} AND u.correction = NEW.correction") for one in frozen.SQLITE]
DO = {"sqlite": SQLITE, "postgresql": frozen.POSTGRESQL}
UNDO = frozen.UNDO


def freeze(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers of this database. From here on a later migration takes these, not those of 0002."""
    for statement in DO[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("advocacy", "0014_sets_are_thrown_away"),
    ]

    operations = [
        migrations.RunPython(translations.thaw, translations.freeze),
        migrations.RunPython(frozen.thaw, frozen.freeze),
        migrations.RunPython(acts.let_go, acts.keep),
        migrations.AlterModelOptions(
            name="update",
            options={"ordering": ("-number", "-correction")},
        ),
        migrations.RemoveConstraint(
            model_name="update",
            name="update_number_once_per_campaign",
        ),
        migrations.AddField(
            model_name="update",
            name="correction",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.UniqueConstraint(
                fields=("campaign", "number", "correction"), name="update_once_per_number_and_correction"
            ),
        ),
        migrations.AddField(
            model_name="act",
            name="update_correction",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunPython(acts.keep, acts.let_go),
        migrations.RunPython(freeze, frozen.thaw),
        migrations.RunPython(translations.freeze, translations.thaw),
    ]
