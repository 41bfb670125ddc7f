"""Owns the wiring of advocacy: it hears what mailings tells."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AdvocacyConfig(AppConfig):
    """The house of what is said."""

    name = "advocacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers once all models are loaded."""
        from advocacy import access, receivers

        receivers.connect()
        post_migrate.connect(
            lambda **kwargs: access.ensure_groups(), sender=self, dispatch_uid="advocacy.groups", weak=False
        )
