"""The provider that sends nothing: a mailbox of its own, and reports like a real provider's."""
