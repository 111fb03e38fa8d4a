"""API documents that anybody wrote: OpenAPI 3.0 and 3.1, AsyncAPI; nothing here knows our own."""
