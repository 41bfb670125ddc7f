"""The mode: where mail goes. A message is bound for ever to the mode that it was written in."""

from django.db import models


class Mode(models.TextChoices):
    """The sandbox sends nothing, test sends to one tester, live sends to the offices."""

    SANDBOX = "sandbox", "Sandbox"
    TEST = "test", "Test"
    LIVE = "live", "Live"
