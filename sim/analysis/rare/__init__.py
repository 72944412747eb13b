"""Ends that come once in thousands of runs."""
