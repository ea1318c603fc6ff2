"""The usage that AWS reports: Lambda's REPORT lines, execution histories and CloudWatch metrics."""
