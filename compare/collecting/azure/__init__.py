"""What Azure says it billed: Azure Monitor's metrics, and the tables of Application Insights."""
