"""What replicates say together: exact sums, intervals, paired differences, curves by day and a stopping rule."""
