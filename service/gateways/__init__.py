"""The only providers: how a text leaves and how replies and receipts come in."""
