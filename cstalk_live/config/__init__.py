"""Settings: their keys and defaults, reading them from YAML, and saying exactly what is wrong with them."""
