"""Owns which house answers which address; the campaign pages come last because any word may be a campaign's."""

from django.contrib import admin
from django.urls import include, path

admin.autodiscover()

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("mailings.urls")),
    path("", include("advocacy.urls")),
]
