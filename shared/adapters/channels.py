"""The channels to a borrower: push messages to his devices, text messages to his phone."""

from dataclasses import dataclass

from shared.adapters.messages import TextMessages
from shared.adapters.push import Push
from shared.adapters.reach import Phonebook, Reach
from shared.domain.errors import Unavailable
from shared.domain.telling import Message

PUSH, SMS = "push", "sms"


@dataclass(frozen=True, slots=True)
class Channels:
    reach: Reach
    phonebook: Phonebook
    texts: TextMessages
    push: Push

    def of(self, borrower_id: str) -> tuple[str, ...]:
        """Those that the borrower has, the better first. Everybody has a phone."""
        return (PUSH, SMS) if self.reach.devices(borrower_id) else (SMS,)

    def send(self, borrower_id: str, notice_id: str, message: Message) -> None:
        """Raises `Unavailable` when it was not taken; of several devices, when none of them took it."""
        if message.channel == SMS:
            self.texts.send(self.phonebook.phone(borrower_id), message.body)
            return
        taken = [self._pushed(device.address, notice_id, message) for device in self.reach.devices(borrower_id)]
        if not any(taken):
            raise Unavailable("temporarily_unavailable", "No device took the message.")

    def _pushed(self, address: str, notice_id: str, message: Message) -> bool:
        try:
            self.push.send(address, notice_id, message.title or "", message.body)
        except Unavailable:
            return False
        return True
