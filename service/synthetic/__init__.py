"""A synthetic clinic: made-up patients whose phones answer like people, for the demo and for rehearsals."""
