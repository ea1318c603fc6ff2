"""What can be done to one picture: read it safely, resize it, filter it, write it."""
