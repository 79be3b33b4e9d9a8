"""Push messages to an app's devices: through SNS's platform endpoints, or a push service of its own over signed HTTP.

Which of the two a stage has is said by the parameter `push/service`: the ARN of a platform application, which an
operator makes with the credentials of Firebase or Apple, or a web address, whose secret is then in `push/secret`.
The sandbox has the second, since what SNS pushes cannot be looked at.
"""

import http.client
import json
import re
import urllib.error
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from standardwebhooks.webhooks import Webhook

from shared.adapters import signed_http
from shared.adapters.addresses import PUBLIC, Addresses
from shared.adapters.messages import UNREACHED
from shared.adapters.parameters import parameter
from shared.domain.errors import Refused, Unavailable

PATIENCE_SECONDS = 3
# https://docs.aws.amazon.com/sns/latest/dg/mobile-push-send-createplatformendpoint.html
KNOWN = re.compile(r"Endpoint (arn:aws:sns\S+) already exists")


@dataclass(frozen=True, slots=True)
class Push:
    """The stage's push service, looked up at its first use: a stage need not have one."""

    sns: Any
    ssm: Any
    parameters: str
    addresses: Addresses = PUBLIC

    def register(self, token: str) -> str:
        """The address of the device that has the token, always the same. Raises `Refused` or `Unavailable`."""
        return self.service().register(token)

    def send(self, address: str, notice_id: str, title: str, body: str) -> None:
        """Raises `Unavailable` when the message was not taken."""
        self.service().send(address, notice_id, title, body)

    def service(self) -> "SnsPush | HttpPush":
        service = parameter(self.ssm, f"{self.parameters}/push/service")
        if service.startswith("arn:"):
            return SnsPush(self.sns, service)
        return HttpPush(service, parameter(self.ssm, f"{self.parameters}/push/secret"), self.addresses)


@dataclass(frozen=True, slots=True)
class SnsPush:
    """`application` is the ARN of the platform application; a device's address is that of its endpoint."""

    sns: Any
    application: str

    def register(self, token: str) -> str:
        address = self._endpoint(token)
        # SNS switches an endpoint off when a message to it fails.
        self.sns.set_endpoint_attributes(EndpointArn=address, Attributes={"Token": token, "Enabled": "true"})
        return address

    def send(self, address: str, notice_id: str, title: str, body: str) -> None:
        shown = {"title": title, "body": body}
        gcm = {"fcmV1Message": {"message": {"notification": shown, "data": {"notice_id": notice_id}}}}
        apns = {"aps": {"alert": shown}, "notice_id": notice_id}
        message = {"default": body, "GCM": json.dumps(gcm), "APNS": json.dumps(apns), "APNS_SANDBOX": json.dumps(apns)}
        try:
            self.sns.publish(TargetArn=address, Message=json.dumps(message), MessageStructure="json")
        except ClientError as error:
            raise _unavailable(error.response["Error"]["Code"]) from None
        except UNREACHED as error:
            raise _unavailable(type(error).__name__) from None

    def _endpoint(self, token: str) -> str:
        try:
            made = self.sns.create_platform_endpoint(PlatformApplicationArn=self.application, Token=token)
        except self.sns.exceptions.InvalidParameterException as error:
            # Of one that is switched off SNS says that it is there, and names it.
            known = KNOWN.search(error.response["Error"]["Message"])
            if known is None:
                raise _refused() from None
            return known[1]
        return str(made["EndpointArn"])


@dataclass(frozen=True, slots=True)
class HttpPush:
    """A service that knows devices by its own addresses, `/devices/…`, and shows nobody a message twice."""

    url: str
    secret: str
    addresses: Addresses = PUBLIC

    def register(self, token: str) -> str:
        address = self._call("/devices", token[:64], {"token": token}).get("address")
        if not isinstance(address, str) or not address.startswith("/devices/"):
            raise _unavailable("nonsense")
        return address

    def send(self, address: str, notice_id: str, title: str, body: str) -> None:
        told = {"notice_id": notice_id, "title": title, "body": body}
        self._call(f"{address}/messages", notice_id, told)

    def _call(self, path: str, message: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            webhook, url = Webhook(self.secret), self.url + path
            _, raw, _ = signed_http.call("POST", url, webhook, message, body, PATIENCE_SECONDS, self.addresses)
            answer = json.loads(raw)
        except urllib.error.HTTPError as error:
            raise _refused() if error.code == 422 else _unavailable(str(error.code)) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _unavailable(type(error).__name__) from None
        return answer if isinstance(answer, dict) else {}


def _refused() -> Refused:
    return Refused("device_token_invalid", "The push service does not know such a token.", "/token")


def _unavailable(reason: str) -> Unavailable:
    return Unavailable("temporarily_unavailable", "The push service did not take it: {reason}.", reason=reason)
