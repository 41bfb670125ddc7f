"""The fault suite: every row of the matrix in README.md, each fault really injected, on both databases."""
