"""Which adapter uses which resource, of those by which a borrower signs in, shows who he is, and leaves.

As in `wiring`, each is made at its first use, and imported where it is made.
"""

from functools import cache
from typing import TYPE_CHECKING

from shared.adapters.clients import client
from shared.settings import setting
from shared.wiring import people, people_table

if TYPE_CHECKING:
    from shared.adapters.accounts import Accounts
    from shared.adapters.documents import DocumentFiles
    from shared.adapters.erasures import Erasures
    from shared.adapters.identity import Pool
    from shared.adapters.logins import Logins
    from shared.adapters.messages import TextMessages
    from shared.adapters.openid import OpenId
    from shared.adapters.paper_list import PaperList
    from shared.adapters.paper_seals import PaperSeals
    from shared.adapters.phone_changes import PhoneChanges
    from shared.adapters.provider_links import ProviderLinks, Vouchers
    from shared.adapters.sessions import Sessions


@cache
def sessions() -> "Sessions":
    from shared.adapters.sessions import Sessions

    return Sessions(people_table())


@cache
def erasures() -> "Erasures":
    from shared.adapters.erasures import Erasures

    return Erasures(people_table())


@cache
def accounts() -> "Accounts":
    from shared.adapters.accounts import Accounts

    return Accounts(client("cognito-idp"), setting("USER_POOL_ID"))


@cache
def logins(what_for: str = "phone") -> "Logins":
    from shared.adapters.keyed_hash import Index
    from shared.adapters.logins import Logins

    return Logins(people_table(), Index(client("kms"), setting("INDEX_KEY")), what_for)


@cache
def phone_changes() -> "PhoneChanges":
    from shared.adapters.phone_changes import PhoneChanges

    return PhoneChanges(people_table())


@cache
def vouchers() -> "Vouchers":
    from shared.adapters.provider_links import Vouchers

    return Vouchers(people_table())


@cache
def provider_links() -> "ProviderLinks":
    from shared.adapters.keyed_hash import Index
    from shared.adapters.provider_links import ProviderLinks

    return ProviderLinks(people_table(), Index(client("kms"), setting("INDEX_KEY")))


@cache
def openid() -> "OpenId":
    from shared.adapters.openid import OpenId
    from shared.wiring import addresses

    return OpenId(client("ssm"), setting("PARAMETERS"), addresses())


@cache
def text_messages() -> "TextMessages":
    from shared.adapters.messages import TextMessages

    return TextMessages(client("sns"))


@cache
def pool() -> "Pool":
    from shared.adapters.identity import PATIENT, Pool

    return Pool(client("cognito-idp", PATIENT), setting("USER_POOL_ID"), setting("USER_POOL_CLIENT_ID"))


@cache
def paper_seals() -> "PaperSeals":
    from shared.adapters.paper_seals import PaperSeals
    from shared.adapters.vault import Vault

    return PaperSeals(people(), Vault(client("kms"), setting("KYC_KEY")))


@cache
def paper_list() -> "PaperList":
    from shared.adapters.paper_list import PaperList

    return PaperList(people_table())


@cache
def document_files() -> "DocumentFiles":
    from shared.adapters.documents import REGIONAL, DocumentFiles

    return DocumentFiles(client("s3", REGIONAL), setting("KYC_BUCKET"), setting("KYC_KEY"))
