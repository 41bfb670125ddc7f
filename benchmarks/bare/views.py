"""Owns the views of the bare project: a page with a form, a view with one INSERT, a webhook with one INSERT."""

from typing import Any

from anymail.signals import AnymailTrackingEvent, tracking
from django import forms
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from benchmarks.bare.models import Row


class Letter(forms.Form):
    """The fields that a letter has."""

    name = forms.CharField(max_length=100)
    email = forms.EmailField()
    city = forms.CharField(max_length=80)
    country = forms.CharField(max_length=2)
    own_words = forms.CharField(max_length=1500, required=False, widget=forms.Textarea)


def page(request: HttpRequest) -> HttpResponse:
    """A page with a form."""
    return render(request, "form.html", {"form": Letter()})


def insert(request: HttpRequest) -> HttpResponse:
    """One INSERT of what was posted, as it was posted."""
    post = request.POST
    names = ("name", "email", "city", "country", "own_words")
    Row(**{name: post[name] for name in names}).save(force_insert=True)
    return HttpResponse(status=302, headers={"Location": "/"})


@receiver(tracking)
def hear(sender: object, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """One INSERT for each report."""
    row = Row(name=esp_name, email=event.recipient, city=event.event_type, own_words=event.description or "")
    row.save(force_insert=True)
