"""An API as requests that somebody can send at once: collections for Postman and Bruno."""
