"""Judging masters of degraded pieces against their clean references."""
