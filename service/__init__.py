"""HOW texts are sent, heard and shown: everything that touches the world."""
