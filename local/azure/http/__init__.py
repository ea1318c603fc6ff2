"""HTTP triggers: the routes of an app's functions, and the address at which they answer."""
