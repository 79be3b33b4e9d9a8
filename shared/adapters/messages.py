"""Text messages to phones, by SNS."""

from dataclasses import dataclass
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

from shared.adapters.clients import BOUNDED
from shared.domain.errors import Unavailable

# A message whose reply was lost would be sent again by a client that tries again by itself.
ONCE = BOUNDED.merge(Config(read_timeout=8, retries={"mode": "standard", "total_max_attempts": 1}))
# Nobody was reached, so that nothing went out.
UNREACHED = (EndpointConnectionError, ConnectTimeoutError)


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
            raise Unavailable(
                "temporarily_unavailable", "The message was not taken: {reason}.", reason=reason
            ) from None
        except UNREACHED:
            raise Unavailable("temporarily_unavailable", "The message was not taken: nobody answers.") from None
