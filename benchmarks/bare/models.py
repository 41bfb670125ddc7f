"""Owns the one table of the bare project."""

from django.db import models


class Row(models.Model):
    """What one INSERT leaves behind."""

    name = models.CharField(max_length=100)
    email = models.CharField(max_length=254)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    own_words = models.TextField()

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return self.name
