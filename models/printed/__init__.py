"""The reader of printed lines, and what it is trained with: see README.md."""
