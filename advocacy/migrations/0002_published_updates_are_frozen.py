"""Lets the database itself refuse every change of a published update and of its targets, on SQLite and PostgreSQL."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

UPDATE_WORDS = "a published update never changes"
TARGET_WORDS = "the targets of a published update never change"
PUBLISHED = "EXISTS (SELECT 1 FROM advocacy_update u WHERE u.id = {row}.update_id AND u.published_at IS NOT NULL)"

# SQLite's REPLACE removes the row in its way and fires no DELETE trigger, so what is in the way is looked for first.
REPLACES_UPDATE = """EXISTS (SELECT 1 FROM advocacy_update u WHERE u.published_at IS NOT NULL
    AND (u.id = NEW.id OR (u.campaign_id = NEW.campaign_id AND u.number = NEW.number)))"""
REPLACES_TARGET = """EXISTS (SELECT 1 FROM advocacy_target t JOIN advocacy_update u ON u.id = t.update_id
    WHERE u.published_at IS NOT NULL AND t.id = NEW.id)"""
SQLITE = [
    f"""CREATE TRIGGER {table}_frozen_{act.lower()} BEFORE {act} ON advocacy_{table}
        WHEN {condition} BEGIN SELECT RAISE(ABORT, '{words}'); END"""
    for table, words, act, condition in (
        ("update", UPDATE_WORDS, "INSERT", REPLACES_UPDATE),
        ("update", UPDATE_WORDS, "UPDATE", f"OLD.published_at IS NOT NULL OR {REPLACES_UPDATE}"),
        ("update", UPDATE_WORDS, "DELETE", "OLD.published_at IS NOT NULL"),
        ("target", TARGET_WORDS, "INSERT", f"{PUBLISHED.format(row='NEW')} OR {REPLACES_TARGET}"),
        (
            "target",
            TARGET_WORDS,
            "UPDATE",
            f"{PUBLISHED.format(row='OLD')} OR {PUBLISHED.format(row='NEW')} OR {REPLACES_TARGET}",
        ),
        ("target", TARGET_WORDS, "DELETE", PUBLISHED.format(row="OLD")),
    )
]
POSTGRESQL = [
    f"""CREATE FUNCTION advocacy_update_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.published_at IS NOT NULL THEN
                RAISE EXCEPTION '{UPDATE_WORDS}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER update_frozen BEFORE UPDATE OR DELETE ON advocacy_update
        FOR EACH ROW EXECUTE FUNCTION advocacy_update_frozen()""",
    f"""CREATE FUNCTION advocacy_target_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (TG_OP <> 'INSERT' AND {PUBLISHED.format(row="OLD")})
               OR (TG_OP <> 'DELETE' AND {PUBLISHED.format(row="NEW")}) THEN
                RAISE EXCEPTION '{TARGET_WORDS}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER target_frozen BEFORE INSERT OR UPDATE OR DELETE ON advocacy_target
        FOR EACH ROW EXECUTE FUNCTION advocacy_target_frozen()""",
]
UNDO = {
    "sqlite": [
        f"DROP TRIGGER {name}"
        for name in (
            "update_frozen_insert",
            "update_frozen_update",
            "update_frozen_delete",
            "target_frozen_insert",
            "target_frozen_update",
            "target_frozen_delete",
        )
    ],
    "postgresql": [
        "DROP TRIGGER target_frozen ON advocacy_target",
        "DROP FUNCTION advocacy_target_frozen()",
        "DROP TRIGGER update_frozen ON advocacy_update",
        "DROP FUNCTION advocacy_update_frozen()",
    ],
}
DO = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def freeze(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers of this database."""
    for statement in DO[editor.connection.vendor]:
        editor.execute(statement)


def thaw(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Remove them."""
    for statement in UNDO[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    """The promise of ``advocacy.models.update``, held by the database."""

    dependencies = [("advocacy", "0001_initial")]
    operations = [migrations.RunPython(freeze, thaw)]
