"""What runs cost and how long they took."""
