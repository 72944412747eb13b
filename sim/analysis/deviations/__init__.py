"""What can go wrong, exhaustively: every set of departures from compliance up to a size, and what each leads to."""
