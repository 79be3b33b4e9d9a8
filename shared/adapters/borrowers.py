"""What a borrower told us, sealed: opened for a stated purpose that he may read of, never shown whole to others."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from shared.adapters.openings import Openings
from shared.adapters.paper_seals import SK as HOLDER
from shared.adapters.paper_seals import PaperSeals
from shared.adapters.people import SK, People, known
from shared.adapters.table import ANY, Holds, Item, Place, Write, adapter, plain
from shared.adapters.vault import DataKey, Vault, name_of
from shared.domain.bank_accounts import account_stands, checked, require_may_ask
from shared.domain.beneficiary import AccountRules, AtBank, Beneficiary, check
from shared.domain.borrowers import (
    Borrower,
    Features,
    Means,
    Person,
    features,
    lacking,
    masked,
    masked_name,
)
from shared.domain.consents import has_given
from shared.domain.errors import Conflict
from shared.domain.openings import Opening, Purpose
from shared.domain.papers import Holder

# Seals of their own, so that who needs the means does not open the person, and a credit file no means.
PERSON, MEANS, BORN, BENEFICIARY = "profile.person", "profile.means", "profile.birth_date", "bank_account"
# What an item held before it was corrected, under the same seals.
FORMER = "_was#"
# Writes of one transaction: DynamoDB's own limit.
MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Borrowers:
    """`door` is the function that uses it. Each use opens a borrower's key once at most: one call to KMS."""

    people: People
    vault: Vault
    door: str

    def places(self, borrower_id: str) -> tuple[Place, ...]:
        """Where that lies of which `features` are made."""
        return tuple(Place(self.people.table, borrower_id, sk) for sk in (SK, "profile"))

    def features(
        self, found: Sequence[Item | None], needed: Sequence[str], on: date, at: datetime
    ) -> tuple[Features, tuple[str, ...]] | None:
        """For the scorer, of what was found at `places`; with what the borrower shares with others.

        None, and nothing is opened, when one of the consents that it needs is not given. Raises `profile_incomplete`
        when there is no profile yet.
        """
        borrower, item = known(found[0]), found[1]
        if not has_given(borrower, *needed):
            return None
        means = self._opened(borrower, "profile", item, MEANS, Means, "score", at)
        return features(means, on), borrower.shared

    def features_then(self, borrower_id: str, then: datetime, on: date, at: datetime) -> Features:
        """What the scorer saw at an earlier moment: a profile that was replaced since is kept beside the present one.

        Raises `profile_incomplete` when there was none then.
        """
        borrower = self.people.get(borrower_id)
        kept = [item for item in self.people.items(borrower_id) if item["sk"].partition(FORMER)[0] == "profile"]
        before = [item for item in kept if datetime.fromisoformat(item["saved_at"]) <= then]
        item = max(before, key=lambda item: datetime.fromisoformat(item["saved_at"]), default=None)
        return features(self._opened(borrower, "profile", item, MEANS, Means, "replay", at), on)

    def beneficiary(self, borrower_id: str, at: datetime) -> Beneficiary:
        """For the payout, which the loan's contract asks for. Raises `profile_incomplete` without an account."""
        borrower = self.people.get(borrower_id)
        item = self.people.item(borrower_id, "bank_account")
        opened: Beneficiary = self._opened(borrower, "bank_account", item, BENEFICIARY, Beneficiary, "payout", at)
        return opened

    def account_stands(self, borrower_id: str, at: datetime) -> str:
        """As `bank_accounts` says it; nothing is opened for that."""
        return account_stands(self.people.get(borrower_id), at)

    def identity(self, borrower_id: str, at: datetime) -> tuple[Person, date]:
        """The person and the birth date, for the credit file, which the law asks for. Raises `profile_incomplete`
        without a profile."""
        borrower, item = self.people.get(borrower_id), self.people.item(borrower_id, "profile")
        if borrower.data_key is None or item is None:
            raise lacking("profile")
        borrower, item = self._fitting(borrower, item)
        key = self._open(borrower, "credit_file", [PERSON, BORN], at)
        return _read(key, item, PERSON, Person), _read(key, item, BORN, date)

    def exported(self, borrower_id: str, at: datetime) -> list[Item]:
        """All items of the borrower, those that he replaced too, with what is sealed in them opened for himself."""
        borrower, items = self.people.get(borrower_id), self.people.items(borrower_id)
        if not all(_fits(borrower, item) for item in items):
            borrower, items = self.people.get(borrower_id), self.people.items(borrower_id)
        # Two while the key is renewed.
        wrapped = dict.fromkeys(_key_of(borrower, item) for item in items if "sealed" in item)
        keys = {each: self._open(borrower, "export", _fields(items), at, each) for each in wrapped}
        return [_unsealed(item, keys[_key_of(borrower, item)]) if "sealed" in item else item for item in items]

    def save_profile(self, borrower_id: str, person: Person, means: Means, papers: PaperSeals, at: datetime) -> None:
        """With what his papers have to say of him; those that were accepted for somebody else count no more."""
        holder = Holder(person.name, person.identity_number, means.birth_date)
        masks = {
            "name_masked": masked_name(person.name),
            "identity_number_masked": masked(person.identity_number),
        }

        def kept(seen: Borrower, key: DataKey) -> tuple[Borrower, list[Write]]:
            """Who has another name now has to be compared with the holder of his account anew."""
            is_renamed = self._name(seen, key) not in (None, person.name)
            paper_key, wrapped, before = papers.of_profile(seen, key, self._standing(seen, HOLDER))
            made = replace(
                seen,
                has_profile=True,
                paper_key=wrapped,
                account_check=None if is_renamed else seen.account_check,
                accepted_documents=seen.accepted_documents if before in (None, holder) else (),
            )
            assert seen.data_key is not None, borrower_id
            return made, [papers.holder_write(paper_key, key, name_of(seen.data_key), holder)]

        fields = {PERSON: person, MEANS: means, BORN: means.birth_date}
        self._seal(borrower_id, "profile", fields, masks, at, kept)

    def save_beneficiary(
        self,
        borrower_id: str,
        beneficiary: Beneficiary,
        at_bank: AtBank | None,
        rules: AccountRules,
        at: datetime,
        bank: str | None = None,
        told: Sequence[Write] = (),
    ) -> str | None:
        """With what its bank says of it, or None while it has said nothing; returns what came of that check. `bank` is
        its name if that is known, `told` what he is told where it takes the place of another."""
        masks = {
            "holder_name_masked": masked_name(beneficiary.holder_name),
            "account_number_masked": masked(beneficiary.account_number),
            "ifsc": beneficiary.ifsc,
            "bank": bank,
        }

        def kept(seen: Borrower, key: DataKey) -> tuple[Borrower, list[Write]]:
            beside = list(told) if seen.has_bank_account else []
            if at_bank is None:
                return checked(seen, rules, None, at), beside
            found = check(rules, beneficiary.holder_name, self._name(seen, key), at_bank)
            return checked(seen, rules, found, at), beside

        return self._seal(borrower_id, "bank_account", {BENEFICIARY: beneficiary}, masks, at, kept).account_check

    def check_beneficiary(
        self, borrower_id: str, rules: AccountRules, ask: Callable[[Beneficiary], AtBank], at: datetime
    ) -> str | None:
        """Asks again whose account it is, for one that is not verified; returns what was found, None where nobody was
        asked, or the account is another by now. The name that counts is the one of the moment at which it is written.

        Raises `profile_incomplete` without an account, `too_many_attempts`.
        """
        borrower, item = self.people.get(borrower_id), self.people.item(borrower_id, "bank_account")
        if borrower.data_key is None or item is None:
            raise lacking("bank_account")
        if borrower.account_check == "verified":
            return None
        require_may_ask(borrower, rules, at)
        borrower, item = self._fitting(borrower, item)
        key = self._open(borrower, "account", [BENEFICIARY, PERSON], at)
        account: Beneficiary = _read(key, item, BENEFICIARY, Beneficiary)
        at_bank, found = ask(account), list[str]()

        def decide(seen: Borrower) -> tuple[Borrower, list[Write]] | None:
            now = self.people.item(borrower_id, "bank_account")
            if now is None or now["saved_at"] != item["saved_at"] or seen.account_check == "verified":
                return None
            if seen.data_key != borrower.data_key:
                raise _renewed()
            found.append(check(rules, account.holder_name, self._name(seen, key), at_bank))
            return checked(seen, rules, found[-1], at), []

        self.people.change(borrower_id, decide)
        return found[-1] if found else None

    def renew_key(self, borrower_id: str, before: datetime, at: datetime) -> bool:
        """Seals all of the borrower's anew under a fresh key; False when his is not from `before`.

        What stands, and as much as fits of what was corrected, is one transaction with the key; the rest of what was
        corrected follows in parts, and until it has, the former key lies beside and opens that alone. Then it opens no
        more. The key for papers stays, sealed anew. Killed anywhere, the same call goes on. Of a save at once one comes
        second and sees the other. Raises `NotFound` for one who was erased, `Conflict` where others keep writing.
        """
        borrower, was_cut_off = self.people.get(borrower_id), False
        if borrower.former_key is not None:
            was_cut_off = self._renew(borrower, at)
            borrower = self.people.get(borrower_id)
        return self._renew(borrower, at) if _is_from(borrower, before) else was_cut_off

    def _renew(self, borrower: Borrower, at: datetime) -> bool:
        """Begins it, or ends what was begun; False when somebody else has begun another one meanwhile."""
        borrower_id = borrower.id
        assert borrower.data_key is not None, borrower_id
        was = borrower.former_key or borrower.data_key
        former = self._open(borrower, "renewal", _fields(self.people.items(borrower_id)), at, was)
        if borrower.former_key is None:
            key, wrapped = self.vault.new_key(borrower_id)
        else:
            key, wrapped = self.vault.open_key(borrower_id, borrower.data_key, "renewal"), borrower.data_key

        def part(seen: Borrower) -> tuple[Borrower, list[Write]] | None:
            is_begun = (seen.data_key, seen.former_key) == (wrapped, was)
            if not is_begun and (seen.data_key, seen.former_key) != (was, None):
                return None
            left = [item for item in self.people.items(borrower_id) if _is_sealed_otherwise(item, wrapped)]
            fits = sorted(left, key=_was_corrected)[: MOST_AT_ONCE - 1]
            anew = [Write(_sealed_anew(item, former, key, wrapped), Holds("sealed", item["sealed"])) for item in fits]
            former_key = was if len(left) > len(fits) else None
            since = seen.data_key_since if is_begun else at
            return replace(seen, data_key=wrapped, data_key_since=since, former_key=former_key), anew

        while True:
            done = self.people.change(borrower_id, part)
            if (done.data_key, done.former_key) != (wrapped, was):
                return done.data_key == wrapped

    def _name(self, borrower: Borrower, key: DataKey) -> str | None:
        """As the profile has it, where there is one."""
        item = self._standing(borrower, "profile")
        if item is None:
            return None
        person: Person = _read(key, item, PERSON, Person)
        return person.name

    def _standing(self, borrower: Borrower, sk: str) -> Item | None:
        """The item, to be opened with the key that the borrower had when he was read.

        Raises `Conflict` where the key was renewed meanwhile. What was put back does not open.
        """
        item = self.people.item(borrower.id, sk)
        if (
            item is not None
            and not _fits(borrower, item)
            and self.people.get(borrower.id).data_key != borrower.data_key
        ):
            raise _renewed()
        return item

    def _seal(
        self,
        borrower_id: str,
        sk: str,
        fields: dict[str, Any],
        masks: Mapping[str, str | None],
        at: datetime,
        kept: Callable[[Borrower, DataKey], tuple[Borrower, list[Write]]],
    ) -> Borrower:
        """Replaces what the item held, which is kept beside it. The key is opened once, however often it is tried.

        `kept` makes of the borrower what he is with it, as which he is returned, and what is written beside it.
        """
        key, wrapped = self._key(self.people.get(borrower_id), sorted({*fields, PERSON}), at)
        sealed = {name: key.seal(name, json.dumps(plain(value))) for name, value in fields.items()}
        item = {"pk": borrower_id, "sk": sk, **masks, "saved_at": at.isoformat(), "sealed": sealed}
        item["sealed_by"] = name_of(wrapped)

        def decide(seen: Borrower) -> tuple[Borrower, list[Write]]:
            if seen.data_key not in (None, wrapped):
                raise _renewed()
            former = self.people.item(borrower_id, sk)
            replaced = [Write(former | {"sk": f"{sk}{FORMER}{former['saved_at']}"}, ANY)] if former else []
            made, beside = kept(replace(seen, data_key=wrapped), key)
            return made, [Write(item, ANY), *replaced, *beside]

        return self.people.change(borrower_id, decide)

    def _key(self, borrower: Borrower, fields: Sequence[str], at: datetime) -> tuple[DataKey, str]:
        if borrower.data_key is None:
            return self.vault.new_key(borrower.id)
        return self._open(borrower, "save", fields, at), borrower.data_key

    def _open(
        self, borrower: Borrower, purpose: Purpose, fields: Sequence[str], at: datetime, wrapped: str | None = None
    ) -> DataKey:
        """The borrower's key, or one of his that is given. What cannot be recorded is not opened."""
        wrapped = wrapped or borrower.data_key
        assert wrapped is not None, borrower.id
        Openings(self.people.table).add(borrower.id, Opening(at, purpose, self.door, tuple(fields)))
        return self.vault.open_key(borrower.id, wrapped, purpose)

    def _opened(
        self, borrower: Borrower, sk: str, item: Item | None, field: str, kind: Any, purpose: Purpose, at: datetime
    ) -> Any:
        if borrower.data_key is None or item is None:
            raise lacking(sk)
        borrower, item = self._fitting(borrower, item)
        return _read(self._open(borrower, purpose, [field], at, _key_of(borrower, item)), item, field, kind)

    def _fitting(self, borrower: Borrower, item: Item) -> tuple[Borrower, Item]:
        """Both read again where the key was renewed between the two readings; what was put back still does not fit."""
        if _fits(borrower, item):
            return borrower, item
        return self.people.get(borrower.id), self.people.item(borrower.id, item["sk"]) or item


def _renewed() -> Conflict:
    return Conflict("request_in_flight", "Your key is being made at this moment. Please try again.")


def _is_from(borrower: Borrower, before: datetime) -> bool:
    return borrower.data_key is not None and (borrower.data_key_since is None or borrower.data_key_since < before)


def _fits(borrower: Borrower, item: Item) -> bool:
    """Whether the item was sealed with the borrower's key; what is from before keys were named says nothing."""
    return borrower.data_key is None or item.get("sealed_by") in (None, name_of(_key_of(borrower, item)))


def _key_of(borrower: Borrower, item: Item) -> str:
    """The borrower's key, wrapped. The former one, while there is one, is for what was corrected and names it."""
    assert borrower.data_key is not None, borrower.id
    former = borrower.former_key
    if former is not None and _was_corrected(item) and item.get("sealed_by") == name_of(former):
        return former
    return borrower.data_key


def _was_corrected(item: Item) -> bool:
    return FORMER in item["sk"]


def _is_sealed_otherwise(item: Item, wrapped: str) -> bool:
    """With another key than this one."""
    return "sealed" in item and item.get("sealed_by") != name_of(wrapped)


def _fields(items: Sequence[Item]) -> list[str]:
    return sorted({field for item in items for field in item.get("sealed", ())})


def _sealed_anew(item: Item, former: DataKey, key: DataKey, wrapped: str) -> Item:
    sealed = {field: key.seal(field, former.open(field, text)) for field, text in item["sealed"].items()}
    return item | {"sealed": sealed, "sealed_by": name_of(wrapped)}


def _read(key: DataKey, item: Item, field: str, kind: Any) -> Any:
    return adapter(kind).validate_python(json.loads(key.open(field, item["sealed"][field])))


def _unsealed(item: Item, key: DataKey) -> Item:
    """With the fields themselves in the place of their seals and masks."""
    shown = {
        name: value for name, value in item.items() if not name.startswith("sealed") and not name.endswith("_masked")
    }
    return shown | {field: json.loads(key.open(field, sealed)) for field, sealed in item["sealed"].items()}
