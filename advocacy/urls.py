"""Owns the addresses of advocacy's pages. The campaign's comes last: any word may be a slug."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from advocacy.languages import LANGUAGES
from advocacy.views import elsewhere, embed, public, sharing


class LanguageConverter(StringConverter):
    """The tag of a language that there is: whatever else stands in its place is no page."""

    regex = "|".join(sorted(LANGUAGES, key=len, reverse=True))


class TagConverter(StringConverter):
    """What a page of somebody else calls its language; it may be any."""

    regex = "[A-Za-z0-9_-]{2,35}"


register_converter(LanguageConverter, "language")
register_converter(TagConverter, "tag")

urlpatterns = [
    path("", public.home, name="home"),
    path("desk/", include("advocacy.desk_urls")),
    path("about/what-we-keep/", public.kept, name="kept"),
    path("letters/<str:token>/confirm/", public.confirm, name="confirm"),
    path("letters/<str:token>/", public.letter, name="letter"),
    path("<slug:slug>/qr.svg", sharing.qr_code, name="qr"),
    path("<slug:slug>/<language:language>/qr.svg", sharing.qr_code, name="qr-in"),
    path("<slug:slug>/", public.campaign, name="campaign"),
    path("<slug:slug>/written/", public.written, name="written"),
    path("<slug:slug>/elsewhere/", elsewhere.elsewhere, name="elsewhere"),
    path("<slug:slug>/elsewhere/sent/", elsewhere.sent, name="sent-elsewhere"),
    path("<slug:slug>/embed/", embed.form, name="embed"),
    path("<slug:slug>/embed/written/", embed.written, name="embed-written"),
    path("<slug:slug>/embed/<language:language>/", embed.form, name="embed-in"),
    path("<slug:slug>/embed/<language:language>/written/", embed.written, name="embed-written-in"),
    path("<slug:slug>/embed/<tag:tag>/", embed.language_of, name="embed-like"),
    path("<slug:slug>/<language:language>/", public.campaign, name="campaign-in"),
    path("<slug:slug>/<language:language>/written/", public.written, name="written-in"),
    path("<slug:slug>/<language:language>/elsewhere/", elsewhere.elsewhere, name="elsewhere-in"),
    path("<slug:slug>/<language:language>/elsewhere/sent/", elsewhere.sent, name="sent-elsewhere-in"),
]
