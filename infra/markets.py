"""The markets that the stack serves, each with its time zone as its market pack has it; a test compares the two."""

TIME_ZONES = {"in": "Asia/Kolkata", "cn": "Asia/Shanghai"}
