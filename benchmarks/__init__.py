"""What is measured, beside which peers, and how: `python -m benchmarks --help`, explained in docs/performance.md."""
