"""Who may see what, under which name: the only floor that turns an identifier into a person."""
