"""What AWS says it billed: Lambda's REPORT lines, execution histories and CloudWatch metrics."""
