"""Reports for other readers than the terminal's."""
