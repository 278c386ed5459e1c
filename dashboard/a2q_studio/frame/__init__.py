"""The frame around every page: navigation, activity, sharing."""
