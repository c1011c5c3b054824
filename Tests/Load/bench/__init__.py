"""The benchmarks: starts servers, drives them with the load generator, compares, and prints one table."""
