"""Owns the wiring of advocacy: it hears what mailings tells."""

from django.apps import AppConfig


class AdvocacyConfig(AppConfig):
    """The house of what is said."""

    name = "advocacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers once all models are loaded."""
        from advocacy import receivers

        receivers.connect()
