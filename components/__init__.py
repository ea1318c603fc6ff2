"""The Pulumi components that provision the pipeline on either cloud."""
