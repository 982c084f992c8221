"""Reading what was typed into the builder of forms and into the list of their websites."""
