"""Tests, by what they stand on: see CONTRIBUTING.md."""
