"""What a loan officer would argue about: pure functions over immutable data."""
