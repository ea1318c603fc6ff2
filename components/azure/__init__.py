"""The pipeline on Azure."""
