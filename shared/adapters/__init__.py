"""The outside, one thing per file."""
