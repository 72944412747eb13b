"""What each event does to the state: small compiled functions on plan and state, called by both engines."""
