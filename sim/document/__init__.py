"""What may be written: deals, scenarios and studies as models, and their phase machine."""
