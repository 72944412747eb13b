"""Results on disk: written block by block, continued after an interruption, checked, read and replayed."""
