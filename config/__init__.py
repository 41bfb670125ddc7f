"""Owns how the two houses are put together: settings, addresses of pages, start-up checks."""
