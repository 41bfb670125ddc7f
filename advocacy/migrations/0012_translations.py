"""Adds the language of an update's letter, and translations, which the database freezes with their update."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# SQLite adds a column by making the table anew, and drops its triggers with the old one.
frozen = import_module("advocacy.migrations.0002_published_updates_are_frozen")

WORDS = "the translations of a published update never change"
# SQLite's REPLACE removes the row in its way and fires no DELETE trigger, so what is in the way is looked for first.
REPLACES = """EXISTS (SELECT 1 FROM advocacy_translation t JOIN advocacy_update u ON u.id = t.update_id
    WHERE u.published_at IS NOT NULL AND (t.id = NEW.id OR (t.update_id = NEW.update_id AND t.language = NEW.language)))"""
SQLITE = [
    f"""CREATE TRIGGER translation_frozen_{act.lower()} BEFORE {act} ON advocacy_translation
        WHEN {condition} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"""
    for act, condition in (
        ("INSERT", f"{frozen.PUBLISHED.format(row='NEW')} OR {REPLACES}"),
        (
            "UPDATE",
            f"{frozen.PUBLISHED.format(row='OLD')} OR {frozen.PUBLISHED.format(row='NEW')} OR {REPLACES}",
        ),
        ("DELETE", frozen.PUBLISHED.format(row="OLD")),
    )
]
POSTGRESQL = [
    f"""CREATE FUNCTION advocacy_translation_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (TG_OP <> 'INSERT' AND {frozen.PUBLISHED.format(row="OLD")})
               OR (TG_OP <> 'DELETE' AND {frozen.PUBLISHED.format(row="NEW")}) THEN
                RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER translation_frozen BEFORE INSERT OR UPDATE OR DELETE ON advocacy_translation
        FOR EACH ROW EXECUTE FUNCTION advocacy_translation_frozen()""",
]
DO = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
UNDO = {
    "sqlite": [f"DROP TRIGGER translation_frozen_{act}" for act in ("insert", "update", "delete")],
    "postgresql": [
        "DROP TRIGGER translation_frozen ON advocacy_translation",
        "DROP FUNCTION advocacy_translation_frozen()",
    ],
}


def freeze(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers of this database."""
    for statement in DO[editor.connection.vendor]:
        editor.execute(statement)


def thaw(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Remove them."""
    for statement in UNDO[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("advocacy", "0011_address_book"),
    ]

    operations = [
        migrations.RunPython(frozen.thaw, frozen.freeze),
        migrations.AddField(
            model_name="update",
            name="language",
            field=models.CharField(default="en", max_length=12),
        ),
        migrations.CreateModel(
            name="Translation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=12)),
                ("words", models.JSONField(default=dict)),
                ("made_from", models.JSONField(default=dict)),
                ("edited_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("edited_by", models.CharField(blank=True, max_length=150)),
                (
                    "update",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="translations", to="advocacy.update"
                    ),
                ),
            ],
            options={
                "ordering": ("language",),
                "constraints": [
                    models.UniqueConstraint(fields=("update", "language"), name="translation_once_per_language")
                ],
            },
        ),
        migrations.RunPython(frozen.freeze, frozen.thaw),
        migrations.RunPython(freeze, thaw),
    ]
