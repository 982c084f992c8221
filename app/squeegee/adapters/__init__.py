"""Ways into Squeegee that keep the port."""
