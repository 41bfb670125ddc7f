"""Owns the addresses of the bare project."""

from anymail.urls import urlpatterns as anymail_urls
from django.urls import include, path

from benchmarks.bare import views

urlpatterns = [
    path("", views.page),
    path("insert/", views.insert),
    path("anymail/", include((anymail_urls, "anymail"))),
]
