"""Rules, lexicons, calibration and trained models of sohoa: data, no code."""
