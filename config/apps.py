"""Owns the registration of the start-up checks with Django."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The project itself, as far as Django needs to know of it as an app."""

    name = "config"
    verbose_name = "Appeal"
