"""The programs of the peers, run in an environment of their own: benchmarks/.venv."""
