"""What the benchmarks share: processes and what they cost, the product and its peers, load, and figures beside their bounds."""
