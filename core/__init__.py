"""What happens to a photo: no cloud SDK, no Pulumi, only the standard library and Pillow."""
