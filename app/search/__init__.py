"""The palette: whoever, wherever and whatever one may go to, found while typing."""
