"""Phone numbers, by Google's metadata: mobiles of the markets, in the one form in which we compare them."""

import phonenumbers

from shared.domain.errors import Refused

REGIONS = {"in": "IN", "cn": "CN"}
MARKETS = {91: "in", 86: "cn"}
MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def mobile_number(text: str, market: str | None = None) -> str:
    """E.164, `+919876543210`, from any way of writing it. Raises when it is not a mobile of the market.

    Without a market the number must name its country.
    """
    if market is not None and market not in REGIONS:
        raise Refused("market_unknown", "This market is not served.", "/market")
    refusal = Refused("phone_invalid", "This is not a mobile number of the market.", "/phone")
    try:
        number = phonenumbers.parse(text, REGIONS[market] if market else None)
    except phonenumbers.NumberParseException as error:
        raise refusal from error
    found = MARKETS.get(number.country_code or 0)
    is_mobile = phonenumbers.number_type(number) in MOBILE and phonenumbers.is_valid_number(number)
    if not found or (market and found != market) or not is_mobile or number.extension:
        raise refusal
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def market_of(phone: str) -> str:
    """The market of an E.164 number that `mobile_number` made."""
    return MARKETS[int(phone[1:3])]


def masked(phone: str) -> str:
    """`+91******3210`: enough for its owner, too little for anybody else."""
    return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"
