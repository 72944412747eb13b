"""The plan: a resolved scenario as flat arrays of indices, minutes and parameters."""
