"""Reading leads for screens: bounded reads by index, only the columns shown."""
