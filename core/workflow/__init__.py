"""The workflow: its model, its definition, and its interpreter."""
