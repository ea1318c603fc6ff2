"""The stand-in for the AWS provider: maps resources to calls on an emulator through boto3."""
