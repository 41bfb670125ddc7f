"""A mail provider on loopback: takes mail as Postmark's send API does, keeps it, and reports back to our webhook."""

from tests.provider.mail import Mail
from tests.provider.server import Provider
from tests.provider.weather import Weather

__all__ = ["Mail", "Provider", "Weather"]
