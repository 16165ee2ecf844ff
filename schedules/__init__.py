"""WHEN does a text go out: programmes, nights, cadences and the day plan. Pure."""
