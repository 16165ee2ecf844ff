"""The only SQL: tables, transactions, sealed fields, and the functions the flows and pages read and write by."""
