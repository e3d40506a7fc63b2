"""What the numbers mean: policy, scoring, tiers and the book of customers. Knows nothing of the screen."""
