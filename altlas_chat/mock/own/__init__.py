"""How the mock behaves for our own contract, where that is more than documents say."""
