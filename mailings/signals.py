"""DOOR. Owns the news that goes up: what changed about a message or a recipient. Sent after commit, once per change."""

from django.dispatch import Signal

#: A message took a new status. Sent with ``uid`` (UUID), ``kind``, ``stream``, ``reference`` and ``status`` (str each).
message_changed = Signal()

#: The provider said something new of an address. Sent with ``uid`` (UUID), ``kind``, ``stream``, ``reference``,
#: ``role``, ``address``, ``status`` and ``answer`` (str each; ``answer`` is the mail server's own words).
recipient_changed = Signal()

#: A worker has tidied up, as one does some times a minute, before it hands anything over. Sent without anything:
#: whoever goes by the clock may do what is due. May be late, and comes from several workers at once.
tidied = Signal()
