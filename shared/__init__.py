"""Minnow's own package, shipped with every function that imports it."""
