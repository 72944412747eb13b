"""What a reader sees: tables in a terminal, figures in a file."""
