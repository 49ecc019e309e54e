"""Urban Safety Monitor: how safe people are and feel in a city, and how sure we can be."""
