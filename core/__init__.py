"""The processing of photos, without cloud SDKs or Pulumi: only the standard library and Pillow."""
