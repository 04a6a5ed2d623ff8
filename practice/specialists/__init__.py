"""This room knows specialists: their application, what was checked, their public profile, offers and the directory."""
