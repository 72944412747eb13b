"""What people read: tables in the terminal, figures, pages."""
