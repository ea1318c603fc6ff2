"""What whoever deploys Twinlens has to be allowed, by the type of each resource that the program creates."""
