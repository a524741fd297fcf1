"""The few measures a manager needs: their values, what they were before, and their bands."""
