"""How replicates are drawn: evenly, with the decisions that matter most as Sobol numbers."""
