"""What the name of a field, parameter, header or cookie says about its value."""

import re
from functools import lru_cache
from itertools import pairwise

from supportctl.evidence.redact.words import words_of

SECRET = "secret"  # noqa: S105 - a class of names
KEEP = "keep"

_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_SECRET_NAMES = words_of(
    """
    auth authz authentication authorization proxyauthorization apikey apitoken accesskey accesskeyid secretkey
    privatekey sharedkey accountkey sharedaccesskey sharedaccesssignature sid sess session sessid sessionid
    sessionkey sessiontoken jsessionid phpsessid aspsessionid aspnetsessionid connectsid sessiontkn
    csrf xsrf csrfmiddlewaretoken requestverificationtoken authenticitytoken anticsrf
    otp totp mfacode onetimecode pin pincode cvv cvc cvv2 cvc2 csc securitycode verificationcode authcode
    signature sig hmac jwt assertion clientassertion samlresponse samlrequest samlart relaystate wresult wctx
    codeverifier codechallenge devicecode usercode authorizationcode consumersecret consumerkey oauthverifier
    xamzsignature xamzcredential xamzsecuritytoken xgoogsignature xgoogcredential awsaccesskeyid
    subscriptionkey ocpapimsubscriptionkey functionskey xfunctionskey encryptionkey masterkey
    pwd pass passwd passwort kennwort motdepasse contraseña contrasena senha wachtwoord hasło haslo parola
    serviceticket castgc logintoken magiclink resetkey activationkey licensekey connectionstring dsn
    xapikey xauthkey xauthemailkey userpass authdata ssotoken
    """
)
_SECRET_WORDS = words_of(
    """
    password passwd passphrase passcode passwort secret secrets token tokens credential credentials apikey jwt
    cookie cookies csrf xsrf signature pwd bearer sessionid authorization
    """
)
_HARMLESS_ENDS = words_of(
    """
    type types count counts name names expires expiry expiration expired expiresin ttl length size limit limits url
    uri endpoint endpoints policy hint required enabled disabled method methods valid status state age changed
    lifetime scope scopes at in error errors format algorithm alg used usage remaining total version provider
    prompt prompts index start end max min consent settings domain path notice banner preferences law
    timeout date time created updated input output header param parameter field label title text strength rules
    """
)
_SECRET_PAIRS = frozenset(
    {
        ("api", "key"), ("access", "key"), ("secret", "key"), ("private", "key"), ("session", "id"),
        ("session", "key"), ("auth", "key"), ("account", "key"), ("shared", "key"), ("encryption", "key"),
        ("auth", "code"), ("code", "verifier"), ("security", "code"), ("subscription", "key"), ("pass", "word"),
        ("user", "pass"), ("sess", "id"), ("master", "key"), ("signing", "key"), ("webhook", "key"),
    }
)  # fmt: skip
_QUERY_NAMES = words_of(
    """
    code state nonce key pass ticket hash h digest policy credential k tk tok at rt id_token loginhint
    login_hint ssid u_hash user_hash openidsig wa saml hdnea hdnts hdntl st e_token
    """
)
"""Names that are secret in an address or a form, and too common elsewhere."""

_PERSONAL_NAMES = (
    (
        "EMAIL",
        "email mail emailaddress mailaddress useremail customeremail contactemail emailid "
        "xauthemail upn replyto forwardedemail fromemail toemail",
    ),
    (
        "PHONE",
        "phone phonenumber telephone telephonenumber tel mobile mobilenumber mobilephone cell "
        "cellphone fax faxnumber msisdn homephone workphone userphone",
    ),
    (
        "USER",
        "username userlogin login loginname preferredusername samaccountname accountname "
        "userprincipalname uniquename screenname uid user remoteuser authuser forwardeduser",
    ),
    (
        "PERSON",
        "firstname lastname fullname surname givenname familyname displayname nickname middlename "
        "realname maidenname customername contactname cardholder cardholdername nameoncard "
        "accountholder",
    ),
    (
        "ADDRESS",
        "street streetaddress address address1 address2 addressline1 addressline2 postaladdress "
        "homeaddress billingaddress shippingaddress postcode postalcode zip zipcode",
    ),
    (
        "BIRTH_DATE",
        "dob birthdate birthday dateofbirth birthdateday",
    ),
    (
        "NATIONAL_ID",
        "ssn socialsecuritynumber taxid taxnumber nationalid nationalidnumber passport "
        "passportnumber driverslicense drivinglicence driverlicense",
    ),
    (
        "IBAN",
        "iban bban accountnumber bankaccount",
    ),
    (
        "CARD",
        "cardnumber ccnumber pan creditcard creditcardnumber cardno",
    ),
    (
        "IP",
        "ip ipaddress ipaddr clientip remoteaddr remoteip remoteaddress userip sourceip "
        "trueclientip forwardedfor realip xforwardedfor xrealip cfconnectingip forwardedfor",
    ),
)
_PERSONAL: dict[str, str] = {name: kind for kind, names in _PERSONAL_NAMES for name in names.split()}

_KEEP_NAMES = words_of(
    """
    traceparent tracestate b3 cfray etag ifnonematch xamzcfid xamzrequestid xamzid2 xservedby servertiming
    xamzntraceid xcloudtracecontext xgithubrequestid xmsrequestid xfastlyrequestid xrequestid requestid
    correlationid xcorrelationid traceid spanid parentspanid transactionid eventid operationid activityid
    xb3traceid xb3spanid xmscorrelationid xmsclientrequestid xmsactivityid sentrytrace xtraceid xtid xvarnish
    xcache xtimer buildid commit commitsha revision sha gitsha version date timestamp time starteddatetime
    expires lastmodified created updated createdat updatedat retryafter errorcode errorid incidentid
    """
)


@lru_cache(maxsize=20_000)
def words(name: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in _SPLIT.split(name) if part)


@lru_cache(maxsize=20_000)
def meaning(name: str, *, query: bool = False) -> str | None:
    """`SECRET`, `KEEP`, a kind of personal data (``EMAIL``), or None where the name says nothing."""
    if not 1 < len(name) <= 100:
        return SECRET if query and name.lower() in _QUERY_NAMES else None
    parts = words(name)
    if len(parts) > 1 and parts[0] == "x" and "".join(parts) not in _KEEP_NAMES:
        parts = parts[1:]  # Headers of one's own.
    joined = "".join(parts)
    if joined in _KEEP_NAMES or parts[-2:] in (
        ("request", "id"),
        ("trace", "id"),
        ("correlation", "id"),
        ("span", "id"),
    ):
        return KEEP
    if joined in _SECRET_NAMES or any(pair in _SECRET_PAIRS for pair in pairwise(parts)):
        return SECRET if len(parts) == 1 or parts[-1] not in _HARMLESS_ENDS else None
    if any(part in _SECRET_WORDS for part in parts):
        return SECRET if parts[-1] not in _HARMLESS_ENDS or len(parts) == 1 else None
    if len(parts) == 1 and joined.endswith(("password", "passwd", "secret", "token", "apikey", "sessionid", "sessid")):
        return SECRET
    if query and (name.lower() in _QUERY_NAMES or joined in _QUERY_NAMES):
        return SECRET
    return _PERSONAL.get(joined)


@lru_cache(maxsize=20_000)
def called_password(name: str) -> bool:
    """A name for what people choose and type, as against what machines make."""
    return any(part.startswith(("pass", "pwd", "kennw", "pin")) for part in words(name)) or "password" in name.lower()
