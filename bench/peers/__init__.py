"""What the product is measured beside: the same work done by the plainest means there are."""
