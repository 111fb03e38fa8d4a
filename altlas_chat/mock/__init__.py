"""A mock server from any OpenAPI or AsyncAPI document."""
