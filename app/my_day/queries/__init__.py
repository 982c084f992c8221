"""What waits for a person today, and everything about the one lead before them."""
