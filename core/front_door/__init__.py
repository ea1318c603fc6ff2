"""The API by which websites and apps send photos: ``openapi.json`` defines it."""
