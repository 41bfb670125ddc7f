"""Lets the database itself refuse every change of the audit trail, on SQLite and PostgreSQL."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WORDS = "the audit trail never changes"
# SQLite's REPLACE removes the row in its way and fires no DELETE trigger, so what is in the way is looked for first.
SQLITE = [
    f"""CREATE TRIGGER act_kept_{act.lower()} BEFORE {act} ON advocacy_act{condition}
        BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"""
    for act, condition in (
        ("INSERT", " WHEN EXISTS (SELECT 1 FROM advocacy_act WHERE id = NEW.id)"),
        ("UPDATE", ""),
        ("DELETE", ""),
    )
]
POSTGRESQL = [
    f"""CREATE FUNCTION advocacy_act_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
    """CREATE TRIGGER act_kept BEFORE UPDATE OR DELETE ON advocacy_act
        FOR EACH ROW EXECUTE FUNCTION advocacy_act_kept()""",
]
DO = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
UNDO = {
    "sqlite": [f"DROP TRIGGER act_kept_{act}" for act in ("insert", "update", "delete")],
    "postgresql": ["DROP TRIGGER act_kept ON advocacy_act", "DROP FUNCTION advocacy_act_kept()"],
}


def keep(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers of this database."""
    for statement in DO[editor.connection.vendor]:
        editor.execute(statement)


def let_go(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Remove them."""
    for statement in UNDO[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    """The promise of ``advocacy.models.act``, held by the database."""

    dependencies = [("advocacy", "0005_act")]
    operations = [migrations.RunPython(keep, let_go)]
