"""Find jobs that were lost, stuck or failed, and start them again."""
