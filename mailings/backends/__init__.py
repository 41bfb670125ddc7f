"""Email backends of our own, for what Anymail's leave out."""
