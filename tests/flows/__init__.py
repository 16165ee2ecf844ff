"""Each flow straight through: a real database, simulated phones, a clock that stands still."""
