"""A page in the browser for drawing holes in photos and filling them."""
