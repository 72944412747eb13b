"""The dated record of a deal, and how well a model's curves agree with it."""
