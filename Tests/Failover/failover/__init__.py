"""The failover suite: a cluster of real processes under load, one fault, and a checker over everything that happened."""
