"""The reader of handwritten numbers: weights, data recipe and training."""
