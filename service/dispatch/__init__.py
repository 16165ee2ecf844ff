"""Who runs the sending after a commit: this process, or a worker elsewhere."""
