"""Tests of the frame: settings, environment, start-up checks."""
