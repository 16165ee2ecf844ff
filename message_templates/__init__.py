"""WHAT does a text say: the catalogue of texts, rendering, lengths and lint. Pure."""
