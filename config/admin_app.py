"""Owns which site of Django's administration this project has. Apart from it, because apps load before models do."""

from django.contrib.admin.apps import SimpleAdminConfig


class AdministrationConfig(SimpleAdminConfig):
    """Django's administration, for administrators of the desk."""

    default = False  # named in full where it is installed
    default_site = "config.administration.Administration"
