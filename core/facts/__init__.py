"""The published figures: `data/facts/*.csv`, each row with a key, a source and a link."""
