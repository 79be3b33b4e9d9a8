"""Text messages to phones, by SNS."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from shared.domain.errors import Unavailable


@dataclass(frozen=True, slots=True)
class TextMessages:
    sns: Any

    def send(self, phone: str, text: str) -> None:
        """`phone` in E.164. Raises `Unavailable` when the message was not taken."""
        transactional = {"DataType": "String", "StringValue": "Transactional"}
        try:
            self.sns.publish(PhoneNumber=phone, Message=text, MessageAttributes={"AWS.SNS.SMS.SMSType": transactional})
        except ClientError as error:
            # What SNS says repeats the phone, which must not reach a log.
            reason = error.response["Error"]["Code"]
            raise Unavailable("temporarily_unavailable", f"The message was not taken: {reason}.") from None
