"""What the project needs on a machine, and how to install it."""
