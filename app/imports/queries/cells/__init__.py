"""What people write into cells, read. Pure functions; what can't be read is said by a code of words.PROBLEMS."""
