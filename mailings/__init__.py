"""mailings: how mail gets out of the house and what became of it. Knows nothing of campaigns."""
