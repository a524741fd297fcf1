"""From what a reader sees to the media it is shown in."""
