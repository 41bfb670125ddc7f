"""Owns the addresses of advocacy's pages. The campaign's comes last: any word may be a slug."""

from django.urls import include, path

from advocacy.views import public

urlpatterns = [
    path("", public.home, name="home"),
    path("desk/", include("advocacy.desk_urls")),
    path("about/what-we-keep/", public.kept, name="kept"),
    path("letters/<str:token>/confirm/", public.confirm, name="confirm"),
    path("letters/<str:token>/", public.letter, name="letter"),
    path("<slug:slug>/", public.campaign, name="campaign"),
    path("<slug:slug>/written/", public.written, name="written"),
]
