"""What is wrong or personal in the data, and which rows belong to one person."""
