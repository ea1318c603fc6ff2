"""The usage that Azure reports: Azure Monitor's metrics, and the tables of Application Insights."""
