"""The workflow: its vocabulary, its one definition, and what a deployment of it is told."""
