"""What the `contract` commands do: judge, compare, and make other things of documents."""
