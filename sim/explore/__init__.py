"""A local page on which moving a slider runs the scenario again and redraws what comes of it."""
