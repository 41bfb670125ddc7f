"""A bare Django project: what the same server does with a page, an INSERT and a webhook that do nothing else."""
