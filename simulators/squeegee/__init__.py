"""A local Squeegee that speaks the partner API v3, for the demo and the tests."""
