"""The databases: all SQL is here."""
