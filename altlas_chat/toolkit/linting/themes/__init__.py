"""The rules: a module of checks for each theme, and beside it a YAML file that explains them."""
