"""Owns what administrators see of mailings at /admin/: the list of addresses that must not be mailed."""

from django.contrib import admin

from mailings.models import Suppression


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Generic for mypy alone.
    """Lift a suppression by deleting it, once the address is known to work again."""

    list_display = ("address", "mode", "why", "answer", "created_at")
    list_filter = ("mode", "why")
    search_fields = ("address",)
