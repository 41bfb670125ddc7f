"""Owns the registration of the start-up checks of the site with Django."""

from django.apps import AppConfig
from django.core import checks

from config.checks import check_site


class ConfigConfig(AppConfig):
    """The project itself, as far as Django needs to know of it as an app."""

    name = "config"
    verbose_name = "Appeal"

    def ready(self) -> None:
        checks.register(check_site)
