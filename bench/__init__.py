"""Measurements as ratios against a peer or a limit run beside them; not part of the tests."""
