"""Text messages to phones, by SNS."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TextMessages:
    sns: Any

    def send(self, phone: str, text: str) -> None:
        """`phone` in E.164. Raises botocore's `ClientError` when the message was not taken."""
        transactional = {"DataType": "String", "StringValue": "Transactional"}
        self.sns.publish(PhoneNumber=phone, Message=text, MessageAttributes={"AWS.SNS.SMS.SMSType": transactional})
