"""Sizes that documents and plans share, apart since a plan is laid out where documents cannot be read."""

MOST_OBLIGATIONS = 1000
