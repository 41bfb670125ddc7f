"""Owns the proof: every module has its tests at the same place under here."""
