"""advocacy: what is said, to whom, by whom. Hands finished mails to ``mailings`` and hears what became of them."""
