"""The `altlas-chat` command."""

import gc

# What a command loads stays as long as it runs. With Python's usual 700 things between two
# looks at them, looking is a seventh of the start.
gc.set_threshold(20_000, 20, 20)
