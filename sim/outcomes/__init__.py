"""What a replicate comes to: its row of outcomes, its trace, and the story of it."""
