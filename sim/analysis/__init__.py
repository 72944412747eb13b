"""What is asked of many replicates: compare, sweep, search for deviations, calibrate, back-test, explain."""
