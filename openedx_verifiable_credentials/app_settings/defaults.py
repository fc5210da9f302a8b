"""Every setting of the plugin with its default, annotated; docs/references/settings.rst is made from here."""

from typing import Any

# .. setting_name: OPENEDX_VC_PUBLIC_BASE_URL
# .. setting_default: ""
# .. setting_description: Where the service is reached from outside, e.g. ``https://credentials.example.edu``. It goes
#    into signed documents, links and QR codes; the Host header never does. Issuers keep the value they were made with.
# .. setting_name: OPENEDX_VC_KEY_ENCRYPTION_KEYS
# .. setting_default: {}
# .. setting_description: Names to base64 of 32 bytes (``manage.py vc_generate_kek``). They encrypt issuer keys and
#    learners' document keys at rest. The first one encrypts, all decrypt.
# .. setting_name: OPENEDX_VC_OFFER_KEY
# .. setting_default: "" (a key derived from SECRET_KEY)
# .. setting_description: Base64 of 32 bytes: makes the one-time challenges of offers. All processes need the same.
# .. setting_name: OPENEDX_VC_OFFER_LIFETIME_SECONDS
# .. setting_default: 600
# .. setting_description: How long an offer can be claimed.
# .. setting_name: OPENEDX_VC_MAX_LIVE_CREDENTIALS
# .. setting_default: 5
# .. setting_description: How many live credentials one certificate may have (wallets, phones).
# .. setting_name: OPENEDX_VC_ON_NEW_CLAIM
# .. setting_default: "keep"
# .. setting_description: What a further claim does to a certificate's earlier credentials: ``keep`` or ``supersede``.
# .. setting_name: OPENEDX_VC_MAX_CERTIFICATES_PER_OFFER
# .. setting_default: 20
# .. setting_description: How many certificates one offer may hold.
# .. setting_name: OPENEDX_VC_BULK_SAMPLE
# .. setting_default: 1000
# .. setting_description: Of the credentials that are issued in bulk, one in so many, at random, is also made the way of
#    a single claim and compared byte for byte; so is the first of every batch. A difference stops the batch.
# .. setting_name: OPENEDX_VC_THROTTLE_OFFER
# .. setting_default: "120/min"
# .. setting_description: Wallet requests for one offer.
# .. setting_name: OPENEDX_VC_THROTTLE_USER
# .. setting_default: "60/min"
# .. setting_description: Requests that make an offer or a download, or share a credential, for one learner.
# .. setting_name: OPENEDX_VC_THROTTLE_ADDRESS
# .. setting_default: "1200/min"
# .. setting_description: Anonymous requests from one address: a lecture hall shares one.
# .. setting_name: OPENEDX_VC_NUM_PROXIES
# .. setting_default: None (the REST framework's NUM_PROXIES)
# .. setting_description: How many proxies stand before the service, so that a client's address can be told.
# .. setting_name: OPENEDX_VC_JOINT_PROGRAMS
# .. setting_default: "lead"
# .. setting_description: Who issues a program certificate of several organisations: ``lead`` (the first organisation's
#    issuer, on behalf of all), ``site`` (the site's issuer, on behalf of all), or ``each`` (one credential from each
#    organisation). Or a mapping of site numbers to these words, ``default`` for the other sites.
# .. setting_name: OPENEDX_VC_LINKEDIN_ORGANIZATIONS
# .. setting_default: {}
# .. setting_description: Issuers' slugs or DIDs to the numbers of their pages at LinkedIn. Where learners add a
#    credential to their profile there, it shows that page's name and logo; without a number, the issuer's name.
# .. setting_name: OPENEDX_VC_STATUS_LIST_LENGTH
# .. setting_default: 131072
# .. setting_description: Bits of a new status list: a power of two, at least 131072, at most 8388608.
# .. setting_name: OPENEDX_VC_STATUS_LIST_FILL_PERCENT
# .. setting_default: 50
# .. setting_description: How much of a list is handed out before the next one is opened, from 1 to 100.
# .. setting_name: OPENEDX_VC_STATUS_LIST_LIFETIME_SECONDS
# .. setting_default: 259200
# .. setting_description: How long a signed status list is valid. It is signed anew when half of that is over, so this
#    is also how long the signer may be down. Twice the TTL at least, a year at most.
# .. setting_name: OPENEDX_VC_STATUS_LIST_TTL_SECONDS
# .. setting_default: 300
# .. setting_description: How long verifiers and caches may keep a status list; a day at most.
# .. setting_name: OPENEDX_VC_STATUS_COALESCE_SECONDS
# .. setting_default: 60
# .. setting_description: How long changes may gather before a list is signed anew; 0: at every run, a day at most.
# .. setting_name: OPENEDX_VC_STATUS_CACHE_SECONDS
# .. setting_default: None (5 where processes share the service's cache, else 0)
# .. setting_description: How long a served status list stays in the service's cache; 0: not at all, a day at most. What
#    is published anew leaves a shared cache at once; a process's own cache cannot be told.
# .. setting_name: OPENEDX_VC_SUSPENSION
# .. setting_default: False
# .. setting_description: Whether new credentials can be suspended: they carry a second status entry. The Open Badges
#    schemas know a single one.
# .. setting_name: OPENEDX_VC_RETIRED_USERNAME_PREFIX
# .. setting_default: "retired__user_"
# .. setting_description: How the username of a retired learner starts, upper and lower case told apart. They can claim
#    nothing, and ``vc_reconcile`` erases what is held about them.
# .. setting_name: OPENEDX_VC_PKCS11_MODULE
# .. setting_default: ""
# .. setting_description: The PKCS#11 library of the security module, e.g. ``/usr/lib/softhsm/libsofthsm2.so``. Needed
#    where a key is in the store ``pkcs11``.
# .. setting_name: OPENEDX_VC_PKCS11_PASSWORD
# .. setting_default: "" (the environment variable of the same name)
# .. setting_description: The user PIN of the token, or a mapping of token labels to PINs. Called a password here,
#    because error pages hide settings of that name.
# .. setting_name: OPENEDX_VC_SIGNING_SERVICE_URL
# .. setting_default: ""
# .. setting_description: Where the remote signing service is: its https address. Needed where a key is in the store
#    ``remote``.
# .. setting_name: OPENEDX_VC_SIGNING_SERVICE_TOKEN
# .. setting_default: "" (the environment variable of the same name)
# .. setting_description: The bearer token that the signing service is asked with; none is sent where there is none.
# .. setting_name: OPENEDX_VC_SIGNING_SERVICE_DIALECT
# .. setting_default: "dcc"
# .. setting_description: How it is asked: ``dcc`` as the signing-service of the Digital Credentials Consortium
#    (``/instance/{tenant}/credentials/sign``), or ``vc-api`` (``/credentials/issue``, below ``/instances/{tenant}``
#    where the key has a reference).
# .. setting_name: OPENEDX_VC_SIGNING_SERVICE_TIMEOUT_SECONDS
# .. setting_default: 10
# .. setting_description: How long one answer of the signing service may take.
# .. setting_name: OPENEDX_VC_SIGNING_SERVICE_ALLOW_HTTP
# .. setting_default: False
# .. setting_description: Whether the address of the signing service may be plain http, for development.
# .. setting_name: OPENEDX_VC_FETCH_TIMEOUT_SECONDS
# .. setting_default: 10
# .. setting_description: How long fetching one document of somebody else may take in all, from the look-up of the name
#    to the last byte; a minute at most. DID documents and status lists are fetched, to verify credentials.
# .. setting_name: OPENEDX_VC_FETCH_CACHE_SECONDS
# .. setting_default: 300
# .. setting_description: How long a process keeps what it fetched; 0: not at all, a day at most. What could not be had
#    is tried again after half a minute. A revocation is noticed that much later.
# .. setting_name: OPENEDX_VC_FETCH_LOOPBACK
# .. setting_default: False
# .. setting_description: Whether ``localhost``, names below it, and ``127.0.0.1`` may be asked, over plain http too.
#    For tests only: with it, a stranger's document can have this machine ask itself.
# .. setting_name: OPENEDX_VC_VC_API_TOKENS
# .. setting_default: []
# .. setting_description: The bearer tokens with which programs may have credentials verified over HTTP: a list of
#    secrets of 32 characters or more. Empty: there is no such API.
# .. setting_name: OPENEDX_VC_THROTTLE_VERIFY
# .. setting_default: "120/min"
# .. setting_description: Verifications over HTTP with one token.
# .. setting_name: OPENEDX_VC_PDF_FONTS
# .. setting_default: []
# .. setting_description: Paths of font files (TrueType, or OpenType for Chinese, Japanese and Korean) for the letters
#    that the fonts of certificates in PDF lack, in the order in which they are asked; see
#    :doc:`../how-tos/certificates-as-pdf`.
# .. setting_name: OPENEDX_VC_BROKER_URL
# .. setting_default: "" (the environment variable of the same name)
# .. setting_description: Where tasks wait for Celery workers: ``redis://…``, ``rediss://…``, ``amqp://…`` or
#    ``amqps://…``. Empty: there are no workers, and ``manage.py vc_work`` does what there is to do; see
#    :doc:`../how-tos/run-celery`. It may hold a password, and shows in no message.
# .. setting_name: OPENEDX_VC_TASK_QUEUE
# .. setting_default: "openedx_vc"
# .. setting_description: The name of the queue at the broker; each installation at one broker needs its own.
# .. setting_name: OPENEDX_VC_TASK_RATE
# .. setting_default: "" (as many as can be)
# .. setting_description: How many parts of batches, of up to 500 credentials each, one Celery worker begins at most, as
#    ``20/m``.
# .. setting_name: OPENEDX_VC_BULK_PROFILE
# .. setting_default: "obv3-vc2"
# .. setting_description: The credential profile of bulk issuance: of credentials that are issued on award, and of
#    batches that name no other one.
# .. setting_name: OPENEDX_VC_MAIL_ON_AWARD
# .. setting_default: False
# .. setting_description: Whether learners are told by e-mail of credentials that are issued on award, as policies want
#    it. Whether a batch tells them is said where it is ordered.
# .. setting_name: OPENEDX_VC_MAIL_FROM
# .. setting_default: "" (DEFAULT_FROM_EMAIL)
# .. setting_description: Who sends these mails: an address, or a name with an address in angle brackets.
# .. setting_name: OPENEDX_VC_MAILS_AT_ONCE
# .. setting_default: 100
# .. setting_description: How many mails a worker sends in one round, over one connection; ten thousand at most.
# .. setting_name: OPENEDX_VC_KEEP_BATCH_PARTS_DAYS
# .. setting_default: 90
# .. setting_description: How many days a batch that is over keeps its parts, the list of certificates that got no
#    credential, and what it knows of its mails; the counts of all these stay for good. After that, one that was stopped
#    cannot go on any more.
# .. setting_name: OPENEDX_VC_CERTIFICATE_SOURCE
# .. setting_default: "openedx_verifiable_credentials.host.certificates.CredentialsService"
# .. setting_description: The class that reads certificates (ports.CertificateSource).
# .. setting_name: OPENEDX_VC_SECURER
# .. setting_default: "openedx_verifiable_credentials.adapters.own_suites.OwnSuites"
# .. setting_description: The class that makes proofs (ports.Securer).
# .. setting_name: OPENEDX_VC_DIDKIT_SECURER
# .. setting_default: "openedx_verifiable_credentials.adapters.didkit.DidkitSecurer"
# .. setting_description: The class that makes Ed25519Signature2020 proofs of did:key issuers.
# .. setting_name: OPENEDX_VC_REMOTE_SECURER
# .. setting_default: "openedx_verifiable_credentials.adapters.vc_api_signer.VcApiSecurer"
# .. setting_description: The class that has proofs made by a remote signing service.
# .. setting_name: OPENEDX_VC_FETCHER
# .. setting_default: "openedx_verifiable_credentials.adapters.https.GuardedFetcher"
# .. setting_description: The class that fetches documents of others (ports.Fetcher).
# .. setting_name: OPENEDX_VC_ANCHORING
# .. setting_default: False
# .. setting_description: Whether what is issued from now on is also anchored: its leaf is kept when it is issued, and
#    ``vc_anchor`` puts the root of many leaves on a public chain. For issuers with a did:web.
# .. setting_name: OPENEDX_VC_ANCHOR_NETWORK
# .. setting_default: "base"
# .. setting_description: Where new batches go: ``base``, ``base-sepolia``, ``ethereum``, ``ethereum-sepolia``, or a
#    name of ``OPENEDX_VC_ANCHOR_NETWORKS``.
# .. setting_name: OPENEDX_VC_ANCHOR_NETWORKS
# .. setting_default: {}
# .. setting_description: Further networks by name, or others under a known name: ``{"chain": "base", "network":
#    "sepolia", "codes": [8453, 84532], "chain_id": 84532, "is_test": True, "title": "Base Sepolia"}``, and
#    ``explorer``, a page with ``{}`` for the transaction. ``codes`` are what a proof says for chain and network.
# .. setting_name: OPENEDX_VC_ANCHOR_LABEL
# .. setting_default: "" (the network where they are)
# .. setting_description: The network that anchors name where it is not the one they are on, for verifiers that know
#    Base by another name only. A test network takes the name of a test network only.
# .. setting_name: OPENEDX_VC_ANCHOR_RPC_URLS
# .. setting_default: {}
# .. setting_description: Names of networks to lists of JSON-RPC endpoints, the first that answers is asked. For the
#    network of new batches also from the environment variable of this name, separated by commas. They may hold a token
#    and are never shown.
# .. setting_name: OPENEDX_VC_ANCHOR_PUBLIC_RPC_URLS
# .. setting_default: {}
# .. setting_description: Names of networks to lists of JSON-RPC endpoints that readers' browsers ask when they check an
#    anchored credential. Whoever opens the page sees them, so they hold no token; they allow requests from other sites
#    (CORS). Without one, the pages say that the anchor was not looked up.
# .. setting_name: OPENEDX_VC_ANCHOR_FORM
# .. setting_default: "chained"
# .. setting_description: How an anchored credential is written: ``chained`` (the Merkle proof stands behind the proof
#    that the credential was issued with, and covers it) or ``single`` (it stands alone); with ``-bare`` as
#    ``MerkleProof2019``, otherwise as ``DataIntegrityProof``. Those of obv3-vc1 are always ``single-bare``. Which of
#    the two words holds for a credential is settled when it is issued.
# .. setting_name: OPENEDX_VC_ANCHOR_EVERY_SECONDS
# .. setting_default: 900
# .. setting_description: How long leaves wait for others at most, where ``vc_anchor`` runs as often.
# .. setting_name: OPENEDX_VC_ANCHOR_LEAVES
# .. setting_default: 10000
# .. setting_description: How many leaves make a batch that need not wait, and how many one has at most; up to 65536.
# .. setting_name: OPENEDX_VC_ANCHOR_MAX_FEE_PER_BATCH_WEI
# .. setting_default: 50000000000000 (0.00005 ether)
# .. setting_description: What the transaction of one batch may cost at most, the data fee included.
# .. setting_name: OPENEDX_VC_ANCHOR_MAX_FEE_PER_DAY_WEI
# .. setting_default: 1000000000000000 (0.001 ether)
# .. setting_description: What all transactions of twenty-four hours may cost at most.
# .. setting_name: OPENEDX_VC_ANCHOR_STUCK_SECONDS
# .. setting_default: 180
# .. setting_description: After how long a transaction that is in no block is replaced by one with a higher fee.
# .. setting_name: OPENEDX_VC_ANCHOR_TIMEOUT_SECONDS
# .. setting_default: 15
# .. setting_description: How long one endpoint may take for one answer.
# .. setting_name: OPENEDX_VC_ANCHOR_ADDRESS
# .. setting_default: "0xdeaddeaddeaddeaddeaddeaddeaddeaddeaddead"
# .. setting_description: Where transactions go to. They transfer nothing.
# .. setting_name: OPENEDX_VC_ANCHOR_KEYSTORE
# .. setting_default: ""
# .. setting_description: Path of the encrypted key file (Web3 Secret Storage) that pays for anchors. Without one, the
#    environment variable ``OPENEDX_VC_ANCHOR_PRIVATE_KEY`` holds the key.
# .. setting_name: OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD
# .. setting_default: "" (the environment variable of the same name)
# .. setting_description: What opens that file.
# .. setting_name: OPENEDX_VC_ANCHOR_SIGNER
# .. setting_default: "openedx_verifiable_credentials.adapters.chain_keys.ConfiguredKey"
# .. setting_description: The class that signs transactions (ports.LedgerSigner).
# .. setting_name: OPENEDX_VC_LEDGER
# .. setting_default: "openedx_verifiable_credentials.adapters.base_chain.Web3Ledger"
# .. setting_description: The class that asks a chain and sends transactions to it (ports.Ledger).
DEFAULTS: dict[str, Any] = {
    "PUBLIC_BASE_URL": "",
    "KEY_ENCRYPTION_KEYS": {},
    "OFFER_KEY": "",
    "OFFER_LIFETIME_SECONDS": 600,
    "MAX_LIVE_CREDENTIALS": 5,
    "ON_NEW_CLAIM": "keep",
    "MAX_CERTIFICATES_PER_OFFER": 20,
    "BULK_SAMPLE": 1000,
    "THROTTLE_OFFER": "120/min",
    "THROTTLE_USER": "60/min",
    "THROTTLE_ADDRESS": "1200/min",
    "NUM_PROXIES": None,
    "JOINT_PROGRAMS": "lead",
    "LINKEDIN_ORGANIZATIONS": {},
    "STATUS_LIST_LENGTH": 131_072,
    "STATUS_LIST_FILL_PERCENT": 50,
    "STATUS_LIST_LIFETIME_SECONDS": 3 * 86_400,
    "STATUS_LIST_TTL_SECONDS": 300,
    "STATUS_COALESCE_SECONDS": 60,
    "STATUS_CACHE_SECONDS": None,
    "SUSPENSION": False,
    "RETIRED_USERNAME_PREFIX": "retired__user_",
    "PKCS11_MODULE": "",
    "PKCS11_PASSWORD": "",
    "SIGNING_SERVICE_URL": "",
    "SIGNING_SERVICE_TOKEN": "",
    "SIGNING_SERVICE_DIALECT": "dcc",
    "SIGNING_SERVICE_TIMEOUT_SECONDS": 10,
    "SIGNING_SERVICE_ALLOW_HTTP": False,
    "FETCH_TIMEOUT_SECONDS": 10,
    "FETCH_CACHE_SECONDS": 300,
    "FETCH_LOOPBACK": False,
    "VC_API_TOKENS": [],
    "THROTTLE_VERIFY": "120/min",
    "PDF_FONTS": [],
    "BROKER_URL": "",
    "TASK_QUEUE": "openedx_vc",
    "TASK_RATE": "",
    "BULK_PROFILE": "obv3-vc2",
    "MAIL_ON_AWARD": False,
    "MAIL_FROM": "",
    "MAILS_AT_ONCE": 100,
    "KEEP_BATCH_PARTS_DAYS": 90,
    "CERTIFICATE_SOURCE": "openedx_verifiable_credentials.host.certificates.CredentialsService",
    "SECURER": "openedx_verifiable_credentials.adapters.own_suites.OwnSuites",
    "DIDKIT_SECURER": "openedx_verifiable_credentials.adapters.didkit.DidkitSecurer",
    "REMOTE_SECURER": "openedx_verifiable_credentials.adapters.vc_api_signer.VcApiSecurer",
    "FETCHER": "openedx_verifiable_credentials.adapters.https.GuardedFetcher",
    "ANCHORING": False,
    "ANCHOR_NETWORK": "base",
    "ANCHOR_NETWORKS": {},
    "ANCHOR_LABEL": "",
    "ANCHOR_RPC_URLS": {},
    "ANCHOR_PUBLIC_RPC_URLS": {},
    "ANCHOR_FORM": "chained",
    "ANCHOR_EVERY_SECONDS": 900,
    "ANCHOR_LEAVES": 10_000,
    "ANCHOR_MAX_FEE_PER_BATCH_WEI": 50_000_000_000_000,
    "ANCHOR_MAX_FEE_PER_DAY_WEI": 1_000_000_000_000_000,
    "ANCHOR_STUCK_SECONDS": 180,
    "ANCHOR_TIMEOUT_SECONDS": 15,
    "ANCHOR_ADDRESS": "0x" + "dead" * 10,
    "ANCHOR_KEYSTORE": "",
    "ANCHOR_KEYSTORE_PASSWORD": "",
    "ANCHOR_SIGNER": "openedx_verifiable_credentials.adapters.chain_keys.ConfiguredKey",
    "LEDGER": "openedx_verifiable_credentials.adapters.base_chain.Web3Ledger",
}
