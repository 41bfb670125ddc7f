"""Tests of the mailings house, one module per room."""
