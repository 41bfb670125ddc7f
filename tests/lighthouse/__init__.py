"""Owns the look at the demo page through Lighthouse: `make lighthouse`. Not part of the tests: it needs Node.js."""
