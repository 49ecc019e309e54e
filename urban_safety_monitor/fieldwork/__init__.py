"""What the field team needs, made from the catalogue: the empty table, and files to practise."""
