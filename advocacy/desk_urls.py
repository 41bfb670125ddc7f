"""Owns the addresses of the desk."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from advocacy.views import (
    desk,
    desk_addresses,
    desk_book,
    desk_instance,
    desk_lanes,
    desk_letters,
    desk_people,
    desk_publishing,
    desk_sets,
    desk_trail,
    desk_translations,
    desk_trials,
    desk_updates,
)

app_name = "desk"
urlpatterns = [
    path("", desk.home, name="home"),
    path("login/", desk.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="desk:login"), name="logout"),
    path("copy/", desk_instance.confirm, name="copy"),
    path("letters/", desk_letters.letters, name="letters"),
    path("letters/act/", desk_letters.act, name="act"),
    path("letters/<uuid:uid>/", desk_letters.letter, name="letter"),
    path("addresses/", desk_addresses.addresses, name="addresses"),
    path("addresses/<path:address>/", desk_addresses.address, name="address"),
    path("book/", desk_book.the_book, name="book"),
    path("book/new/", desk_book.new, name="book-new"),
    path("book/file/", desk_sets.from_file, name="book-file"),
    path("book/file/offices.csv", desk_sets.example, name="book-example"),
    path("book/sets/<int:pk>/", desk_sets.a_set, name="set"),
    path("book/<int:pk>/", desk_book.office, name="office"),
    path("lanes/", desk_lanes.lanes, name="lanes"),
    path("lanes/<int:pk>/", desk_lanes.lane, name="lane"),
    path("lanes/<int:pk>/state/", desk_lanes.state, name="lane-state"),
    path("campaigns/", desk.campaigns, name="campaigns"),
    path("campaigns/new/", desk_updates.begin, name="begin"),
    path("campaigns/<slug:slug>/", desk.campaign, name="campaign"),
    path("campaigns/<slug:slug>/state/", desk.state, name="state"),
    path("campaigns/<slug:slug>/trail/", desk_trail.trail, name="trail"),
    path("campaigns/<slug:slug>/new/", desk_updates.begin, name="begin"),
    path("people/", desk_people.people, name="people"),
    path("people/new/", desk_people.new, name="person-new"),
    path("password/", desk_people.password, name="password"),
    path("people/<int:pk>/", desk_people.person, name="person"),
    path("updates/<int:pk>/", desk_updates.edit, name="edit"),
    path("updates/<int:pk>/preview/", desk_publishing.preview, name="preview"),
    path("updates/<int:pk>/trial/", desk_trials.send, name="trial"),
    path("updates/<int:pk>/in/", desk_translations.choose, name="translations"),
    path("updates/<int:pk>/in/<str:language>/", desk_translations.translation, name="translation"),
    path("updates/<int:pk>/discard/", desk_updates.discard, name="discard"),
]
