"""Sample letters: texts written for the project, and the scans that are made from them."""
