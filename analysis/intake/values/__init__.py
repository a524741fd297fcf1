"""Text becomes numbers, dates and answers; the words by which they are known."""
