"""Owns the addresses of mailings' own pages. The provider's webhook leads on to Anymail's view."""

from django.urls import path

from mailings import views
from mailings.sandbox import views as sandbox

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("anymail/<slug:name>/tracking/", views.tracking, name="tracking"),
    path("sandbox/", sandbox.mailbox, name="sandbox"),
    path("sandbox/messages.json", sandbox.messages_json, name="sandbox-json"),
    path("sandbox/empty/", sandbox.empty, name="sandbox-empty"),
    path("sandbox/<uuid:provider_id>/", sandbox.mailbox, name="sandbox-mail"),
    path("sandbox/<uuid:provider_id>/frame/", sandbox.html_frame, name="sandbox-frame"),
    path("sandbox/<uuid:provider_id>/pretend/", sandbox.pretend, name="sandbox-pretend"),
]
