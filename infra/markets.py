"""The markets that the stack serves, each with its time zone, as the market packs have them; a test compares the two."""

TIME_ZONES = {"in": "Asia/Kolkata", "cn": "Asia/Shanghai"}
