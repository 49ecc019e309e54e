"""How the demonstration data is made: declared in the TOML files here, drawn with a fixed seed."""
