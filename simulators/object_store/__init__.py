"""An object store that speaks enough of S3 for Sill: put, get by range, delete, list; and it checks every signature."""
