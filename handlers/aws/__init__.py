"""AWS Lambda entry points and the ports on S3 and DynamoDB."""
