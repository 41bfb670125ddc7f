"""Owns the wiring of mailings: schedules after migrating, provider reports to ``events``."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MailingsConfig(AppConfig):
    """The house of mail."""

    name = "mailings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what may only be imported once all models are loaded."""
        from anymail.signals import tracking
        from django.core.checks import Tags, register

        from mailings import checks, connections, events, instance, queue

        tracking.connect(events.receive, dispatch_uid="mailings.events")
        post_migrate.connect(
            lambda **kwargs: queue.ensure_schedules(), sender=self, dispatch_uid="mailings.schedules", weak=False
        )
        post_migrate.connect(instance.ensure, sender=self, dispatch_uid="mailings.instance")
        checks.register()
        connections.remember_addresses()
        register(instance.check_instance, Tags.database)
