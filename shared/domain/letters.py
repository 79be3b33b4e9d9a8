"""What a letter says of a loan on which nothing is owed any more, in the languages of borrowers."""

NO_DUES = {
    "en": "Nothing is owed on this loan. It is closed, and no claim on it remains.",
    "hi": "इस ऋण पर कुछ भी बकाया नहीं है। यह बंद हो चुका है और इस पर कोई दावा शेष नहीं है।",
    "zh": "本贷款已无任何欠款，现已结清，不存在任何未了债权。",
}
