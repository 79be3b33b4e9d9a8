"""Runs vectors of outside figures through the engine: `python -m tests.conformance FILE...`."""
