"""What can go wrong, exhaustively: every set of deviations from compliance up to a size, and what each leads to."""
