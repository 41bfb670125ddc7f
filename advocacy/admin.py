"""Owns what administrators see of advocacy at /admin/. What is done to campaigns and updates is done at the desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from advocacy import campaigns
from advocacy.models import Act, Campaign, Target, Update

SHOWN = ("reference", "slug", "status", "status_reason", "status_at", "live_update")


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Generic for mypy alone.
    """A campaign's settings. Its state changes at the desk, because letters are held or withdrawn with it."""

    list_display = ("reference", "slug", "status", "live_update", "confirmation")
    list_filter = ("status",)
    search_fields = ("reference", "slug")
    fields = (*SHOWN, "confirmation", "subject_editable", "body_editable", "goal")
    readonly_fields = SHOWN

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # The page sends back what it had shown, so that one that was open for long stores what was changed on it alone.
        return super().formfield_for_dbfield(db_field, request, show_hidden_initial=True, **kwargs)

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        campaigns.change_settings(obj, values, by=request.user.get_username())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TargetInline(admin.TabularInline):  # type: ignore[type-arg]  # Generic for mypy alone.
    """The offices of an update."""

    model = Target
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Update)
class UpdateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Generic for mypy alone.
    """Every update, to be read."""

    list_display = ("campaign", "number", "correction", "title", "published_at", "published_by")
    list_filter = ("campaign",)
    inlines = (TargetInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Act)
class ActAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Generic for mypy alone.
    """The audit trail of every campaign, to be read."""

    list_display = ("at", "by", "what", "campaign", "update_name", "note")
    list_filter = ("what", "campaign")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
