"""What changed between two versions of an API's document, and whom it harms.

``comparing`` matches operations and asks ``parameters``, ``bodies``,
``security`` and ``lifecycle`` what changed about each; ``comparer`` compares
schemas in pairs, without knowing who sends and who receives, and ``telling``
makes changes of that. ``rules`` names every kind of change.
"""
